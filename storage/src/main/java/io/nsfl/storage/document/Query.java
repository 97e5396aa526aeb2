package io.nsfl.storage.document;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which documents, in which order, from where on, how many.
 *
 * <p>A document matches when it contains the pattern in the sense of PostgreSQL's {@code @>}: every field of the pattern is in it with
 * the same value, objects compared field by field, every element of a pattern's array being contained in some element of the document's.
 * The empty pattern matches everything.
 *
 * <p>Pages are stable: a page starts after a document or a value, so inserts and deletes between two pages neither repeat nor skip others.
 *
 * @param pattern what a document must contain
 * @param order empty = by id, oldest first
 * @param start where to start; empty = at the beginning
 * @param limit at most so many
 */
public record Query(ObjectNode pattern, Optional<Order> order, Optional<Start> start, int limit) {

    /**
     * A place in an order: documents strictly beyond it follow.
     *
     * @param value of the ordering field; empty when the order is by id
     */
    public record Start(Optional<String> value, long id) {}

    public static Query all() {
        return containing(JsonNodeFactory.instance.objectNode());
    }

    public static Query containing(ObjectNode pattern) {
        return new Query(pattern, Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
    }

    public Query orderedBy(Order by) {
        return new Query(pattern, Optional.of(by), start, limit);
    }

    /** Only what follows this document in the query's order: set the order first. */
    public Query after(Document last) {
        Optional<String> value = order.map(by -> valueOf(last.data(), by));
        return new Query(pattern, order, Optional.of(new Start(value, last.id())), limit);
    }

    /** Only documents whose ordering field is strictly beyond this number: set an order by number first. */
    public Query beyond(long value) {
        Order by = order.filter(given -> given.kind() == Order.Kind.NUMBER)
                .orElseThrow(() -> new IllegalStateException("beyond(number) needs an order by number"));
        long id = by.descending() ? 0 : Long.MAX_VALUE;
        return new Query(pattern, order, Optional.of(new Start(Optional.of(Long.toString(value)), id)), limit);
    }

    public Query limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("A limit is at least 1, not " + most);
        }
        return new Query(pattern, order, start, most);
    }

    /** The text by which adapters compare a document in this order. */
    public static String valueOf(ObjectNode data, Order by) {
        JsonNode node = by.field().in(data);
        return switch (by.kind()) {
            case TEXT ->
                node.isMissingNode() || node.isNull() ? "" : node.isString() ? node.stringValue() : node.toString();
            case NUMBER -> (node.isNumber() ? node.decimalValue() : BigDecimal.ZERO).toPlainString();
        };
    }

    /** Those of the documents that this query asks for: what it means in every store. */
    public List<Document> of(Collection<Document> documents) {
        return documents.stream()
                .filter(document -> Containment.contains(document.data(), pattern))
                .sorted(order.map(Query::comparator).orElse(Comparator.comparingLong(Document::id)))
                .filter(document -> start.isEmpty() || follows(document))
                .limit(limit)
                .toList();
    }

    private static Comparator<Document> comparator(Order order) {
        Comparator<Document> ascending = Comparator.<Document, String>comparing(
                        document -> valueOf(document.data(), order), (left, right) -> compare(order, left, right))
                .thenComparingLong(Document::id);
        return order.descending() ? ascending.reversed() : ascending;
    }

    private boolean follows(Document document) {
        Start from = start.orElseThrow();
        if (order.isEmpty()) {
            return document.id() > from.id();
        }
        Order by = order.get();
        int byValue = compare(by, valueOf(document.data(), by), from.value().orElseThrow());
        int comparison = byValue != 0 ? byValue : Long.compare(document.id(), from.id());
        return by.descending() ? comparison < 0 : comparison > 0;
    }

    private static int compare(Order order, String left, String right) {
        return switch (order.kind()) {
            case TEXT ->
                Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
            case NUMBER -> new BigDecimal(left).compareTo(new BigDecimal(right));
        };
    }
}
