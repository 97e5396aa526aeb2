package io.nsfl.storage.document.mongo;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import java.math.BigDecimal;
import java.util.List;
import org.bson.Document;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a collection is listed: the fields of its orders stand beside each document as the database is to compare them, so that an index
 * gives a page without the documents before it.
 */
final class Listings {
    /** Where a document's places in the orders stand. */
    static final String FIELD = "_order";

    private static final String ID = "_id";

    private final CollectionSpec spec;

    Listings(CollectionSpec spec) {
        this.spec = spec;
    }

    /** A document's place in each order. */
    Document places(ObjectNode data) {
        Document places = new Document();
        spec.orders().forEach(order -> places.put(name(order), comparable(order, Query.valueOf(data, order))));
        return places;
    }

    /** What finds documents that have no place in an order yet, by order. */
    List<Document> unplaced() {
        return spec.orders().stream()
                .map(order -> new Document(field(order), new Document("$exists", false)))
                .toList();
    }

    List<Document> indexes() {
        return spec.listings().stream()
                .map(listing -> {
                    Document index = new Document(
                            "data." + String.join(".", listing.within().names()), 1);
                    listing.order().ifPresent(order -> index.append(field(order), 1));
                    return index.append(ID, 1);
                })
                .toList();
    }

    static Document sort(Query query) {
        int direction = descends(query) ? -1 : 1;
        Document sort = new Document();
        query.order().ifPresent(order -> sort.append(field(order), direction));
        return sort.append(ID, direction);
    }

    /** What only documents meet that follow the query's start. */
    Document following(Query query) {
        if (query.start().isEmpty()) {
            return new Document();
        }
        Query.Start start = query.start().get();
        String beyond = descends(query) ? "$lt" : "$gt";
        Document byId = new Document(ID, new Document(beyond, start.id()));
        if (query.order().isEmpty()) {
            return byId;
        }
        Order order = query.order().get();
        Object value = comparable(order, start.value().orElseThrow());
        // The first condition says nothing new, but it is where the index is entered.
        return new Document(field(order), new Document(beyond + "e", value))
                .append(
                        "$or",
                        List.of(
                                new Document(field(order), new Document(beyond, value)),
                                new Document(field(order), value).append(ID, byId.get(ID))));
    }

    private static boolean descends(Query query) {
        return query.order().map(Order::descending).orElse(false);
    }

    private static Object comparable(Order order, String value) {
        return switch (order.kind()) {
            case TEXT -> value;
            case NUMBER -> Bson.value(JsonNodeFactory.instance.numberNode(new BigDecimal(value)));
        };
    }

    private static String field(Order order) {
        return FIELD + "." + name(order);
    }

    private static String name(Order order) {
        return String.join("_", order.field().names());
    }
}
