package hv.fuzz.storm;

/** Somebody at the console who looks at everything. */
final class Inspecting extends Worker {
    Inspecting(Weather weather, long seed) {
        super(weather, seed);
    }

    @Override
    void once() {
        weather.partition().inspect();
        weather.partition().places().all();
        weather.partition().places().history();
        weather.service().enlightenments();
        weather.service().partitions();
        weather.did("inspections");
        Weather.rest(choices, 2_000);
    }
}
