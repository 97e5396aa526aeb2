package io.nsfl.storage.document;

import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A field of a document, nested by dots: {@code status.state}.
 *
 * @param names the steps from the document's root; letters, digits, underscores and dashes
 */
public record FieldPath(List<String> names) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,60}");

    public FieldPath {
        if (names.isEmpty()
                || !names.stream().allMatch(name -> NAME.matcher(name).matches())) {
            throw new IllegalArgumentException("Not a field path: " + names);
        }
        names = List.copyOf(names);
    }

    public static FieldPath of(String dotted) {
        return new FieldPath(List.of(dotted.split("\\.", -1)));
    }

    /** The value in this document; a missing node where there is none. */
    public JsonNode in(JsonNode document) {
        JsonNode node = document;
        for (String name : names) {
            node = node.path(name);
        }
        return node;
    }
}
