package hv.devices;

import hv.api.vmbus.VmbusDevice;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The way of host-side code into a device: an object of the wanted interface that outlives whoever is in place. Any
 * thread.
 */
final class Door implements InvocationHandler {
    private final String name;
    private final Supplier<DevicePlace> place;
    private final Class<?> type;

    private Door(String name, Supplier<DevicePlace> place, Class<?> type) {
        this.name = name;
        this.place = place;
        this.type = type;
    }

    /** A door to who is in the place; empty if somebody is there and does not offer that. */
    static <T> Optional<T> open(DevicePlace now, Supplier<DevicePlace> place, Class<T> type) {
        boolean isOffered = now.with(device -> type.isInstance(device)).orElse(true);
        return isOffered
                ? Optional.of(type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        new Door(now.site().name(), place, type))))
                : Optional.empty();
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> name;
            };
        }
        DevicePlace now = place.get();
        if (now == null) {
            throw new IllegalStateException("the guest has no device " + name + " any more");
        }
        // The answer in an array: it may be null.
        Object[] answer = new Object[1];
        Throwable[] thrown = new Throwable[1];
        boolean isAnswered = now.with(device -> {
                    try {
                        answer[0] = call(device, method, arguments);
                    } catch (Throwable e) {
                        thrown[0] = e;
                    }
                    return true;
                })
                .orElse(false);
        if (!isAnswered) {
            throw new IllegalStateException(
                    "the place of device %s is vacant: start a bundle that makes a %s".formatted(name, now.kind()));
        }
        if (thrown[0] != null) {
            throw thrown[0];
        }
        return answer[0];
    }

    private Object call(VmbusDevice device, Method method, Object[] arguments) throws Throwable {
        if (!type.isInstance(device)) {
            throw new IllegalStateException(name + " offers this no longer");
        }
        try {
            return method.invoke(device, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            boolean isAnswer = cause instanceof IllegalArgumentException || cause instanceof IllegalStateException;
            throw isAnswer ? cause : new IllegalStateException("device %s failed: %s".formatted(name, cause), cause);
        }
    }
}
