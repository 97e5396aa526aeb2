package io.nsfl.storage.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A collection's name, what is unique in it and how it is listed.
 *
 * @param name lower-case letters, digits and underscores, at most 40; it becomes the table's name
 * @param uniqueKeys at least one: it also makes an insert that is repeated after a lost connection harmless
 * @param listings how its documents are listed: a page of them costs the same however many there are, and no other order is offered
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
     * @param order of those that are equal in it, in both directions; empty = by id only
     */
    public record Listing(FieldPath within, Optional<Order> order) {}

    public static CollectionSpec of(String name, UniqueKey... uniqueKeys) {
        return new CollectionSpec(name, List.of(uniqueKeys), List.of());
    }

    /** The same, listed also by id among those that are equal in a field. */
    public CollectionSpec listedBy(String within) {
        return listedBy(new Listing(FieldPath.of(within), Optional.empty()));
    }

    /** The same, listed also in this order among those that are equal in a field. */
    public CollectionSpec listedBy(String within, Order order) {
        return listedBy(new Listing(FieldPath.of(within), Optional.of(order)));
    }

    private CollectionSpec listedBy(Listing another) {
        List<Listing> more = new ArrayList<>(listings);
        more.add(another);
        return new CollectionSpec(name, uniqueKeys, more);
    }

    /** Every order of its listings once, ascending. */
    public List<Order> orders() {
        return listings.stream()
                .flatMap(listing -> listing.order().stream())
                .map(Order::ascendingly)
                .distinct()
                .toList();
    }

    /** @throws IllegalArgumentException for an order that no listing has: every store would have to read all that matches */
    public void requireListed(Query query) {
        query.order()
                .map(Order::ascendingly)
                .filter(order -> !orders().contains(order))
                .ifPresent(order -> {
                    throw new IllegalArgumentException(
                            "Collection %s is not listed by %s".formatted(name, order.field()));
                });
    }
}
