// Stands in for a job's code where none is needed: template tests and `cdk ls` skip bundling.
export const handler = () => {
  throw new Error('this function was synthesized without its code');
};
