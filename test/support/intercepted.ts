/** A port whose every call goes through `call`, with its name. */
export const intercepted = <Port extends object>(
  port: Port,
  call: (name: string, apply: () => Promise<unknown>) => Promise<unknown>,
): Port =>
  new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => call(String(name), () => method.apply(target, args));
    },
  });
