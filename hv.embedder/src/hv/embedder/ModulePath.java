package hv.embedder;

import hv.api.enlightenment.Enlightenment;
import hv.partition.PartitionService;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/** The same without any container: modules, and a newer version in a layer of its own. */
public final class ModulePath {
    private final Settings settings;
    private final Catalogue catalogue = new Catalogue();

    /** By module; one of those that are several. */
    private final Map<String, Enlightenment> deployed = new TreeMap<>();

    private ModulePath(Settings settings) {
        this.settings = settings;
    }

    /** The program. */
    public static void main(String[] args) throws IOException {
        ModulePath.class.getModule().addUses(Enlightenment.class);
        new ModulePath(Settings.ofThisProcess()).run();
    }

    private static final class Catalogue extends PartitionService {
        void add(Enlightenment one, int micro) {
            Module module = one.getClass().getModule();
            deploy(one, module.getName() + " 0.1." + micro, 0, 1, micro, "");
        }

        void remove(Enlightenment one) {
            withdraw(one);
        }
    }

    private void run() throws IOException {
        Report report = new Report(settings.report());
        report.line("on\tmodule path, Java " + Runtime.version().feature());
        for (Enlightenment one : ServiceLoader.load(Enlightenment.class)) {
            deployed.put(one.getClass().getModule().getName(), one);
            catalogue.add(one, 0);
        }
        report.cell("vmm", this::vmm);
        report.cell("swap", this::swap);
        report.cell("stop", this::stop);
        report.cell("timer", this::timer);
        report.line(Report.END);
    }

    private String vmm() throws Exception {
        try (Guest guest = new Guest(catalogue)) {
            guest.mustGoOn("at the start");
            return guest.messages() + " messages";
        }
    }

    private String swap() throws Exception {
        ModuleFinder file = ModuleFinder.of(settings.newer());
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration = boot.configuration().resolve(file, ModuleFinder.of(), Set.of("hv.time"));
        ModuleLayer layer = ModuleLayer.defineModulesWithOneLoader(
                        configuration, List.of(boot), ModulePath.class.getClassLoader())
                .layer();
        Module ofFile = layer.findModule("hv.time").orElseThrow();
        Enlightenment newer = ServiceLoader.load(layer, Enlightenment.class).stream()
                .filter(each -> each.type().getModule() == ofFile)
                .findFirst()
                .orElseThrow()
                .get();
        try (Guest guest = new Guest(catalogue)) {
            guest.mustGoOn("at the start");
            catalogue.add(newer, 1);
            String after = guest.inPlace("time");
            Guest.check(after.equals("hv.time 0.1.1"), "in place is " + after);
            guest.mustGoOn("after the swap");
            catalogue.remove(newer);
            String back = guest.inPlace("time");
            Guest.check(back.equals("hv.time 0.1.0"), "in place is " + back);
            guest.mustGoOn("after the swap back");
            return after + " and back";
        }
    }

    private String stop() throws Exception {
        try (Guest guest = new Guest(catalogue)) {
            guest.mustGoOn("at the start");
            catalogue.remove(deployed.get("hv.vpindex"));
            Guest.check(guest.inPlace("vpindex").isEmpty(), "the place is not vacant");
            catalogue.add(deployed.get("hv.vpindex"), 0);
            guest.mustGoOn("after the return");
            return "vacant and filled";
        }
    }

    private String timer() throws Exception {
        Random random = new Random(settings.seed());
        List<String> inUse = List.of("hv.synic", "hv.time", "hv.vpindex", "hv.stimer");
        try (Guest guest = new Guest(catalogue)) {
            guest.mustGoOn("at the start");
            for (int round = 0; round < settings.rounds(); round++) {
                Enlightenment one = deployed.get(inUse.get(random.nextInt(inUse.size())));
                catalogue.remove(one);
                catalogue.add(one, 0);
                guest.mustGoOn("in round " + round);
            }
            return "0 of " + settings.rounds() + " lost, " + guest.messages() + " messages";
        }
    }
}
