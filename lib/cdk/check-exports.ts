import { InvalidAppError } from '../app/check-report.ts';

/** Checks what the compiler would refuse, for a user who has not asked it. @throws InvalidAppError */
export function checkExports(props: { readonly schedules?: unknown; readonly access?: unknown }): void {
  const { schedules, access } = props;
  const problems = [
    ...(typeof schedules === 'object' && schedules !== null
      ? []
      : ['infra/schedules.ts: it exports no schedules; write export const schedules: Schedules = { … }']),
    ...(typeof access === 'function' || !('access' in props)
      ? []
      : [
          'infra/access.ts: it has no default export that is a function; write export default (belfry: Belfry): void => { … }',
        ]),
  ];
  if (problems.length > 0) throw new InvalidAppError(problems);
}
