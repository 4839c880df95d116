package hv.itest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The circles in a graph of files, or of packages: sets of nodes each of which can be reached from every other
 * (Tarjan's strongly connected components). A nested class counts as the file that it is in. Used by one test at a
 * time.
 */
final class ClassCircles {
    private final Map<String, Set<String>> edges = new TreeMap<>();
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, Integer> lows = new HashMap<>();
    private final Deque<String> stack = new ArrayDeque<>();
    private final List<Set<String>> found = new ArrayList<>();

    private ClassCircles() {}

    /**
     * Finds them.
     *
     * @param node the name of the node that a class belongs to
     * @param scope the name of the part of the graph that it belongs to; edges between parts do not count
     * @return circles of two nodes or more
     */
    static List<Set<String>> in(
            JavaClasses classes, Function<JavaClass, String> node, Function<JavaClass, String> scope) {
        ClassCircles circles = new ClassCircles();
        for (JavaClass origin : classes) {
            Set<String> targets = circles.edges.computeIfAbsent(node.apply(origin), name -> new TreeSet<>());
            origin.getDirectDependenciesFromSelf().forEach(dependency -> {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (classes.contain(target.getName()) && scope.apply(origin).equals(scope.apply(target))) {
                    targets.add(node.apply(target));
                }
            });
        }
        circles.edges.keySet().forEach(name -> {
            if (!circles.indexes.containsKey(name)) {
                circles.visit(name);
            }
        });
        return circles.found;
    }

    /** The file of a class, as {@code hv.kvm.Vcpu}. */
    static String file(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private void visit(String name) {
        int index = indexes.size();
        indexes.put(name, index);
        lows.put(name, index);
        stack.push(name);
        for (String target : edges.getOrDefault(name, Set.of())) {
            if (!indexes.containsKey(target)) {
                visit(target);
                lows.merge(name, lows.get(target), Math::min);
            } else if (stack.contains(target)) {
                lows.merge(name, indexes.get(target), Math::min);
            }
        }
        if (lows.get(name) == index) {
            Set<String> circle = new TreeSet<>();
            String member;
            do {
                member = stack.pop();
                circle.add(member);
            } while (!member.equals(name));
            if (circle.size() > 1) {
                found.add(circle);
            }
        }
    }
}
