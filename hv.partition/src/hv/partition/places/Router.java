package hv.partition.places;

import hv.api.enlightenment.MsrRange;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.plan.Gate;
import hv.partition.plan.Plan;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.Routes;
import hv.partition.vp.UnofferedCalls;
import hv.partition.vp.VpImpl;
import java.util.function.Supplier;

/**
 * Works out who answers what on each VP: the partition itself, whoever is in the places, and those who stand in for
 * nobody. Under the partition's lock for changes.
 */
public final class Router {
    private final Plan plan;
    private final Gate gate;
    private final HypercallMsrs own;
    private final PlaceList places;
    private final Vacancies vacancies;
    private final Supplier<VpImpl[]> vps;

    /**
     * For a partition that was planned as {@code plan} says.
     *
     * @param own what the partition itself answers
     * @param vps those that there are at a moment
     */
    public Router(
            Plan plan, Gate gate, HypercallMsrs own, PlaceList places, Vacancies vacancies, Supplier<VpImpl[]> vps) {
        this.plan = plan;
        this.gate = gate;
        this.own = own;
        this.places = places;
        this.vacancies = vacancies;
        this.vps = vps;
    }

    /** The VPs that there are. */
    VpImpl[] vps() {
        return vps.get();
    }

    /** How many VPs there are. */
    int vpCount() {
        return vps.get().length;
    }

    /** The routes of a VP to who is in place now. */
    public Routes routes(VpImpl vp, Steps steps) throws CallException {
        Routes routes = ownRoutes();
        for (Place place : places.all()) {
            if (plan.isAnnounced() && place.tenant() != null) {
                place.tenant().addRoutes(routes, vp.index(), steps);
            } else if (plan.isAnnounced() && place.isVacant()) {
                routes.add(place.descriptor(), new VacantPlace(vp, vacancies, place));
            }
        }
        return routes;
    }

    /** What is there without any enlightenment. */
    private Routes ownRoutes() {
        Routes routes = new Routes(gate);
        if (plan.isAnnounced()) {
            for (MsrRange range : HypercallMsrs.DESCRIPTOR.msrs()) {
                routes.add(range.first(), range.access(), own);
            }
            UnofferedCalls.addTo(routes);
            plan.known().forEach(routes::know);
        }
        return routes;
    }

    /**
     * Works out every VP's routes with {@code successor} in the place of one whose surface it contains. Running what is
     * given puts them in place, which cannot fail. While every VP is stopped or at a safe point.
     */
    Runnable routesTo(Tenant successor, Steps steps) throws CallException {
        VpImpl[] all = vps.get();
        Routes[] routes = new Routes[all.length];
        for (int i = 0; i < all.length; i++) {
            routes[i] = new Routes(all[i].routes());
            if (plan.isAnnounced()) {
                successor.addRoutes(routes[i], i, steps);
            }
        }
        return () -> publish(all, routes);
    }

    /**
     * Works out every VP's routes where {@code left} is vacant or closed now, as {@link #routesTo} does. Nobody's code
     * is called.
     */
    Runnable routesWithout(Place left) {
        VpImpl[] all = vps.get();
        Routes[] routes = new Routes[all.length];
        for (int i = 0; i < all.length; i++) {
            routes[i] = ownRoutes();
            for (Place place : places.all()) {
                if (place != left && !place.isRemoved()) {
                    routes[i].copy(place.descriptor(), all[i].routes());
                } else if (plan.isAnnounced() && place.isVacant()) {
                    routes[i].add(place.descriptor(), new VacantPlace(all[i], vacancies, place));
                }
            }
        }
        return () -> publish(all, routes);
    }

    private static void publish(VpImpl[] vps, Routes[] routes) {
        for (int i = 0; i < vps.length; i++) {
            vps[i].publish(routes[i]);
        }
    }
}
