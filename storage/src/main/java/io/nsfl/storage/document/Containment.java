package io.nsfl.storage.document;

import tools.jackson.databind.JsonNode;

/** Containment of JSON as PostgreSQL's {@code @>} defines it. */
public final class Containment {
    private Containment() {}

    /** Whether this value contains the pattern, in the sense of {@link Query}. */
    public static boolean contains(JsonNode whole, JsonNode pattern) {
        if (pattern.isObject()) {
            return whole.isObject()
                    && pattern.propertyStream()
                            .allMatch(field ->
                                    whole.has(field.getKey()) && contains(whole.get(field.getKey()), field.getValue()));
        }
        if (pattern.isArray()) {
            return whole.isArray() && pattern.valueStream().allMatch(wanted -> anyContains(whole, wanted));
        }
        return sameScalar(whole, pattern);
    }

    private static boolean anyContains(JsonNode array, JsonNode wanted) {
        return array.valueStream().anyMatch(element -> contains(element, wanted));
    }

    private static boolean sameScalar(JsonNode whole, JsonNode pattern) {
        if (whole.isNumber() && pattern.isNumber()) {
            return whole.decimalValue().compareTo(pattern.decimalValue()) == 0;
        }
        return whole.equals(pattern);
    }
}
