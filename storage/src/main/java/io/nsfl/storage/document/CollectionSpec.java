package io.nsfl.storage.document;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A collection's name and what is unique in it.
 *
 * @param name lower-case letters, digits and underscores, at most 40; it becomes the table's name
 * @param uniqueKeys at least one: it also makes an insert that is repeated after a lost connection harmless
 * @param listings how its documents are listed, so that a page costs the same however many there are; stores may do without
 */
public record CollectionSpec(String name, List<UniqueKey> uniqueKeys, List<Listing> listings) {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

    public CollectionSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Collection name " + name + " does not match " + NAME);
        }
        if (uniqueKeys.isEmpty()) {
            throw new IllegalArgumentException("Collection " + name + " needs a unique key");
        }
        uniqueKeys = List.copyOf(uniqueKeys);
        listings = List.copyOf(listings);
    }

    /**
     * Documents with one value of a field, in an order.
     *
     * @param within a field with texts
     * @param order of those that are equal in it
     */
    public record Listing(FieldPath within, Order order) {}

    public static CollectionSpec of(String name, UniqueKey... uniqueKeys) {
        return new CollectionSpec(name, List.of(uniqueKeys), List.of());
    }

    /** The same, listed also in this way. */
    public CollectionSpec listedBy(String within, Order order) {
        List<Listing> more = new ArrayList<>(listings);
        more.add(new Listing(FieldPath.of(within), order));
        return new CollectionSpec(name, uniqueKeys, more);
    }
}
