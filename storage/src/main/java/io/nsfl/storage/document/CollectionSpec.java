package io.nsfl.storage.document;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A collection's name and what is unique in it.
 *
 * @param name lower-case letters, digits and underscores, at most 40; it becomes the table's name
 * @param uniqueKeys at least one: it also makes an insert that is repeated after a lost connection harmless
 */
public record CollectionSpec(String name, List<UniqueKey> uniqueKeys) {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

    public CollectionSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Collection name " + name + " does not match " + NAME);
        }
        if (uniqueKeys.isEmpty()) {
            throw new IllegalArgumentException("Collection " + name + " needs a unique key");
        }
        uniqueKeys = List.copyOf(uniqueKeys);
    }

    public static CollectionSpec of(String name, UniqueKey... uniqueKeys) {
        return new CollectionSpec(name, List.of(uniqueKeys));
    }
}
