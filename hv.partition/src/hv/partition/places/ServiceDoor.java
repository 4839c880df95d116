package hv.partition.places;

import hv.partition.failure.Callback;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * The way of host-side code into an enlightenment: an object of the wanted interface that outlives whoever is in place.
 * Each call goes to the tenant of that moment; it keeps the tenant from leaving while it lasts, and waits where there
 * is none. Any thread.
 */
final class ServiceDoor implements InvocationHandler {
    private final Surroundings surroundings;
    private final Vacancies vacancies;
    private final Place place;
    private final Class<?> type;

    private ServiceDoor(Surroundings surroundings, Vacancies vacancies, Place place, Class<?> type) {
        this.surroundings = surroundings;
        this.vacancies = vacancies;
        this.place = place;
        this.type = type;
    }

    /** A door to what is in {@code place}, which implements the interface {@code type}. */
    static <T> T open(Surroundings surroundings, Vacancies vacancies, Place place, Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new ServiceDoor(surroundings, vacancies, place, type)));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        long deadline = vacancies.deadlineNanos();
        do {
            place.goIn();
            try {
                Tenant tenant = place.tenant();
                if (tenant != null && type.isInstance(tenant.attachment())) {
                    return method.invoke(tenant.attachment(), arguments);
                }
                if (tenant != null || !place.isVacant()) {
                    throw new IllegalStateException(place.id() + " offers this no longer");
                }
            } catch (InvocationTargetException e) {
                throw answer(method, e.getCause());
            } finally {
                place.comeOut();
            }
        } while (vacancies.awaitSuccessorOutside(place, deadline));
        throw new IllegalStateException(place.id() + " is vacant, and no successor has come in time");
    }

    /**
     * What the caller gets for what the tenant has thrown. Exceptions about an argument or a state, and declared ones,
     * are answers; anything else is a failure of the tenant, and a caller need not be ready for errors and for what a
     * method does not declare.
     */
    private Throwable answer(Method method, Throwable thrown) {
        boolean isAnswer = thrown instanceof IllegalArgumentException
                || thrown instanceof IllegalStateException
                || Arrays.stream(method.getExceptionTypes()).anyMatch(type -> type.isInstance(thrown));
        if (isAnswer) {
            return thrown;
        }
        surroundings.failures().record(place.id(), Callback.SERVICE, thrown);
        return thrown instanceof RuntimeException
                ? thrown
                : new IllegalStateException("hv-" + place.id() + " failed: " + thrown, thrown);
    }

    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> place.id() + " of partition " + surroundings.partition().id();
        };
    }
}
