package io.nsfl.servicekit.access;

import java.util.List;
import java.util.Set;

/** What a request needs, by its method and path alone. A path that nobody thought of needs the most. */
sealed interface Requirement {
    /** Nothing: it shows no data. */
    record Nothing() implements Requirement {}

    /** The internal secret. */
    record Internal() implements Requirement {}

    /** A role in the namespace that the path names. */
    record InNamespace(String namespace, Role role) implements Requirement {}

    /** A role in the namespace of the model that the query names. */
    record OfModel(Role role) implements Requirement {}

    /** A role everywhere. */
    record Everywhere(Role role) implements Requirement {}

    Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    /** First elements, below the API's own, of paths that explain it. */
    Set<String> EXPLANATIONS = Set.of("docs", "openapi.json", "openapi.yaml");

    /** @param path its elements, decoded */
    static Requirement of(String method, List<String> path) {
        boolean reads = READS.contains(method);
        boolean api =
                path.size() >= 3 && path.get(0).equals("api") && path.get(1).equals("v1");
        List<String> rest = api ? path.subList(2, path.size()) : path;
        if (reads && api && explains(rest)) {
            return new Nothing();
        }
        if (!api) {
            return new Everywhere(Role.ADMIN);
        }
        return switch (rest.getFirst()) {
            case "heartbeat", "internal" -> new Internal();
            case "namespaces" ->
                rest.size() < 3
                        ? new Everywhere(reads ? Role.VIEWER : Role.ADMIN)
                        : new InNamespace(rest.get(1), role(method, reads, rest.get(2)));
            case "models" -> new OfModel(role(method, reads, "models"));
            default -> new Everywhere(Role.ADMIN);
        };
    }

    private static boolean explains(List<String> path) {
        String first = path.getFirst();
        return EXPLANATIONS.contains(first) || (path.size() == 1 && first.equals("health"));
    }

    private static Role role(String method, boolean reads, String kind) {
        if (reads) {
            return Role.VIEWER;
        }
        return method.equals("DELETE") && !kind.equals("jobs") ? Role.ADMIN : Role.USER;
    }
}
