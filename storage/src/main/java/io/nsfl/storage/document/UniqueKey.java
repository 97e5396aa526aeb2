package io.nsfl.storage.document;

import java.util.List;
import java.util.stream.Stream;

/**
 * Fields whose values together occur once in a collection. A document that lacks one of them is free of this key. Values are
 * compared as text.
 */
public record UniqueKey(List<FieldPath> fields) {
    public UniqueKey {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("A unique key needs a field");
        }
        fields = List.copyOf(fields);
    }

    /** Of these fields, nested by dots. */
    public static UniqueKey of(String... dotted) {
        return new UniqueKey(Stream.of(dotted).map(FieldPath::of).toList());
    }
}
