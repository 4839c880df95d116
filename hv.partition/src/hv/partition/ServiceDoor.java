package hv.partition;

import hv.partition.failure.Callback;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * The way of host-side code into an enlightenment: an object of the wanted interface that outlives whoever is in place. Each call goes to
 * the tenant of that moment; it keeps the tenant from leaving while it lasts, and waits where there is none. Any thread.
 */
final class ServiceDoor implements InvocationHandler {
    private final PartitionImpl partition;
    private final Slot slot;
    private final Class<?> type;

    private ServiceDoor(PartitionImpl partition, Slot slot, Class<?> type) {
        this.partition = partition;
        this.slot = slot;
        this.type = type;
    }

    /** A door to what is in {@code slot}, which implements the interface {@code type}. */
    static <T> T open(PartitionImpl partition, Slot slot, Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new ServiceDoor(partition, slot, type)));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        long deadline = partition.places().vacancyDeadlineNanos();
        do {
            slot.goIn();
            try {
                Tenant tenant = slot.tenant();
                if (tenant != null && type.isInstance(tenant.attachment())) {
                    return method.invoke(tenant.attachment(), arguments);
                }
                if (tenant != null || !slot.isVacant()) {
                    throw new IllegalStateException(slot.id() + " offers this no longer");
                }
            } catch (InvocationTargetException e) {
                throw answer(method, e.getCause());
            } finally {
                slot.comeOut();
            }
        } while (partition.places().awaitSuccessorOutside(slot, deadline));
        throw new IllegalStateException(slot.id() + " is vacant, and no successor has come in time");
    }

    /**
     * What the caller gets for what the tenant has thrown. Exceptions about an argument or a state, and declared ones, are answers; anything
     * else is a failure of the tenant, and a caller need not be ready for errors and for what a method does not declare.
     */
    private Throwable answer(Method method, Throwable thrown) {
        boolean isAnswer = thrown instanceof IllegalArgumentException
                || thrown instanceof IllegalStateException
                || Arrays.stream(method.getExceptionTypes()).anyMatch(type -> type.isInstance(thrown));
        if (isAnswer) {
            return thrown;
        }
        partition.failures().record(slot.id(), Callback.SERVICE, thrown);
        return thrown instanceof RuntimeException
                ? thrown
                : new IllegalStateException("hv-" + slot.id() + " failed: " + thrown, thrown);
    }

    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> slot.id() + " of partition " + partition.id();
        };
    }
}
