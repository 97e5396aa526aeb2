package io.nsfl.protocol.job;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads {@code local_layers}: glob patterns of tensor names, as a list or as one text with commas. */
final class LocalLayers {
    private static final int MOST = 1000;
    private static final int LONGEST = 256;

    private LocalLayers() {}

    static List<String> read(JsonFields job) {
        JsonNode given = job.raw("local_layers");
        if (given == null) {
            return List.of();
        }
        List<String> patterns = new ArrayList<>();
        if (given.isString()) {
            for (String part : given.stringValue().split(",")) {
                patterns.add(part);
            }
        } else if (given.isArray() && given.valueStream().allMatch(JsonNode::isString)) {
            given.valueStream().map(JsonNode::stringValue).forEach(patterns::add);
        } else {
            job.violation("local_layers", "must be a list of texts: patterns of tensor names, for example [\"bn*\"]");
            return List.of();
        }
        List<String> filled = patterns.stream()
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .distinct()
                .toList();
        if (filled.size() > MOST || filled.stream().anyMatch(pattern -> pattern.length() > LONGEST)) {
            job.violation(
                    "local_layers", "must have at most " + MOST + " patterns of at most " + LONGEST + " characters");
            return List.of();
        }
        return filled;
    }
}
