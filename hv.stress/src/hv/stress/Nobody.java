package hv.stress;

import java.lang.reflect.Proxy;

/** Stand-ins that a test has to give and that must never be asked. */
public final class Nobody {
    private Nobody() {}

    /** One whose methods all fail. */
    public static <T> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            throw unexpected(method.getName());
        }));
    }

    static AssertionError unexpected(String method) {
        return new AssertionError("nobody was expected to call " + method);
    }
}
