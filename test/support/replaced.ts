/** A port with some of its calls replaced. */
export function replaced<Port extends object>(target: Port, calls: Partial<Port>): Port {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(name in calls ? calls : object, name);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}
