package io.nsfl.sdk.prepared;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** The main method of a class as the {@code java} launcher of JDK 25 finds it: static or not, with or without arguments. */
record MainMethod(Method method) {
    static MainMethod of(Class<?> program) {
        for (Class<?> owner = program; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (Class<?>[] parameters : new Class<?>[][] {{String[].class}, {}}) {
                try {
                    Method method = owner.getDeclaredMethod("main", parameters);
                    if (!Modifier.isPrivate(method.getModifiers()) && method.getReturnType() == void.class) {
                        return new MainMethod(method);
                    }
                } catch (NoSuchMethodException e) {
                    // The next form.
                }
            }
        }
        throw new IllegalArgumentException("Cannot run " + program.getName()
                + ": it has no main method (void main(String[] args) or void main())");
    }

    void run(String[] arguments) throws Throwable {
        method.setAccessible(true);
        Object[] given = method.getParameterCount() == 0 ? new Object[0] : new Object[] {arguments};
        try {
            method.invoke(Modifier.isStatic(method.getModifiers()) ? null : instance(), given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object instance() throws ReflectiveOperationException {
        Constructor<?> constructor = method.getDeclaringClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }
}
