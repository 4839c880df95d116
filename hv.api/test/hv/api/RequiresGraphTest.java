package hv.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.RequiresGraph;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What follows from who requires whom. */
class RequiresGraphTest {
    private record Node(String name, List<String> offers, List<String> requires) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Written as {@code name: offers < requires}. */
    private static Node node(String text) {
        String[] parts = text.split("[:<]", -1);
        return new Node(parts[0].strip(), words(parts[1]), words(parts[2]));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split(" "))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static final Node VPINDEX = node("v: vpindex <");
    private static final Node TIME = node("t: time <");
    private static final Node SYNIC = node("s: synic < vpindex");
    private static final Node STIMER = node("st: stimer direct < synic time direct");

    private static RequiresGraph<Node> graph(Node... nodes) {
        return RequiresGraph.of(List.of(nodes), Node::offers, Node::requires);
    }

    private static final RequiresGraph<Node> ALL = graph(STIMER, SYNIC, TIME, VPINDEX);

    @Test
    @DisplayName("A closure goes through all that is required, each before what it requires itself")
    void closure() {
        assertEquals(List.of("stimer", "synic", "vpindex", "time"), ALL.closure("stimer"));
        assertEquals(List.of("nowhere"), ALL.closure("nowhere"));
    }

    @Test
    @DisplayName("What a node offers itself is not required of others")
    void own() {
        assertEquals(List.of("synic", "time"), ALL.requires(STIMER));
    }

    @Test
    @DisplayName("Missing is what nobody offers, however far away")
    void missing() {
        RequiresGraph<Node> graph = graph(STIMER, SYNIC);
        assertEquals(List.of("vpindex", "time"), graph.missing("stimer"));
        assertEquals(Set.of("vpindex"), graph.missingFor(SYNIC));
        assertFalse(graph.isSatisfied(SYNIC));
        assertTrue(ALL.isSatisfied(STIMER));
        assertEquals(List.of("nowhere"), graph.missing("nowhere"));
    }

    @Test
    @DisplayName("Dependents leave before what they require, and only when nobody else offers it")
    void dependents() {
        assertEquals(List.of(STIMER, SYNIC), ALL.dependents(VPINDEX));
        assertEquals(List.of(), ALL.dependents(STIMER));
        Node second = node("v2: vpindex <");
        assertEquals(List.of(), graph(STIMER, SYNIC, TIME, VPINDEX, second).dependents(VPINDEX));
    }

    @Test
    @DisplayName("An order has each node after those that it requires")
    void order() {
        assertEquals(List.of(VPINDEX, SYNIC, TIME, STIMER), ALL.order(List.of(STIMER, SYNIC, TIME, VPINDEX)));
        assertEquals(List.of(VPINDEX, STIMER), ALL.order(List.of(VPINDEX, STIMER)));
    }

    @Test
    @DisplayName("Circles end")
    void circles() {
        Node one = node("1: a < b");
        Node two = node("2: b < a");
        RequiresGraph<Node> graph = graph(one, two);
        assertEquals(List.of("a", "b"), graph.closure("a"));
        assertEquals(List.of(two), graph.dependents(one));
        assertEquals(Set.of(one, two), Set.copyOf(graph.order(List.of(one, two))));
    }

    @Test
    @DisplayName("Of manifests the capabilities and the filters that the annotations write count, and no other filters")
    void manifests() {
        RequiresGraph<String> graph = RequiresGraph.ofManifests(
                List.of("bundle", "other"),
                bundle -> new Hashtable<>(
                        bundle.equals("other")
                                ? Map.of("Bundle-SymbolicName", "other")
                                : Map.of(
                                        "Provide-Capability",
                                        "osgi.service;objectClass:List<String>=\"a,hv.enlightenment\";uses:=\"b;c\","
                                                + " hv.enlightenment;hv.enlightenment=synic;version:Version=\"1.0\"",
                                        "Require-Capability",
                                        "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=25))\","
                                                + "hv.enlightenment;filter:=\"(hv.enlightenment=vpindex)\","
                                                + "hv.enlightenment;filter:=\"(&(hv.enlightenment=time)(version=1))\","
                                                + "hv.enlightenment,other;filter:=\"(hv.enlightenment=ipi)\"")));
        assertEquals(List.of("synic"), graph.ids());
        assertEquals(List.of("vpindex"), graph.requires("bundle"));
    }
}
