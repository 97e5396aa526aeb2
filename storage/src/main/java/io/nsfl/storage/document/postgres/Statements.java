package io.nsfl.storage.document.postgres;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.FieldPath;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import io.nsfl.storage.document.UniqueKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The SQL of one collection that is not JPA's: what makes its table, and the expressions that its indexes and its queries must share to the
 * letter. Names come from configuration and are checked by {@link CollectionSpec} and {@link FieldPath}, so they can stand in SQL text; values
 * never do.
 */
final class Statements {
    /** Where a document keeps its version; absent (a row of another program) counts as 0. */
    static final String VERSION = "_version";

    static final String VERSION_OF_ROW = "coalesce(cast(data ->> '" + VERSION + "' as bigint), 0)";

    private final CollectionSpec spec;

    Statements(CollectionSpec spec) {
        this.spec = spec;
    }

    String name() {
        return spec.name();
    }

    /** @throws IllegalArgumentException for an order that no index has */
    void requireListed(Query query) {
        spec.requireListed(query);
    }

    /** Whether the table is there. */
    String exists() {
        return "select to_regclass('" + quoted() + "') is not null";
    }

    String create() {
        return "create table if not exists " + quoted() + " (id serial primary key, data jsonb)";
    }

    /** Whether an index of this name is there: asked first, so that a user without the right to make one can use what is there. */
    static String indexExists() {
        return "select count(*) > 0 from pg_indexes where tablename = :table and indexname = :index";
    }

    /** By name, the statements that make the indexes. */
    Map<String, String> indexes() {
        Map<String, String> indexes = new LinkedHashMap<>();
        for (UniqueKey key : spec.uniqueKeys()) {
            String fields = key.fields().stream().map(Statements::name).collect(Collectors.joining("_"));
            String expressions = key.fields().stream().map(Statements::column).collect(Collectors.joining(", "));
            String index = shortened(spec.name() + "_" + fields + "_key");
            indexes.put(
                    index,
                    "create unique index if not exists \"%s\" on %s (%s)".formatted(index, quoted(), expressions));
        }
        spec.listings().forEach(listing -> {
            String index = index(listing);
            indexes.put(
                    index, "create index if not exists \"%s\" on %s (%s)".formatted(index, quoted(), columns(listing)));
        });
        String index = shortened(spec.name() + "_data_idx");
        indexes.put(
                index,
                "create index if not exists \"%s\" on %s using gin (data jsonb_path_ops)".formatted(index, quoted()));
        return indexes;
    }

    /** All that makes the table, for a person with the rights to run it. */
    String script() {
        return create() + "; " + String.join("; ", indexes().values()) + ";";
    }

    /** Rows of a JSON array, in its order; ids are given in that order. JPA would go there and back for each of them. */
    String insertAll() {
        return "insert into " + quoted()
                + " (data) select value from jsonb_array_elements(cast(:rows as jsonb)) with ordinality"
                + " order by ordinality returning id";
    }

    /**
     * Fields of a pattern that indexes begin with: that they are equal follows from containment, but the planner finds those indexes only if it
     * is said. Only texts, whose text is the same wherever they are equal.
     */
    List<FieldPath> indexed(ObjectNode pattern) {
        return Stream.concat(
                        spec.uniqueKeys().stream().flatMap(key -> key.fields().stream()),
                        spec.listings().stream().map(CollectionSpec.Listing::within))
                .filter(field -> field.in(pattern).isString())
                .distinct()
                .toList();
    }

    /** A field's text; each {@code ?} stands for the column of the document. */
    static String text(FieldPath field) {
        return "(? #>> " + path(field) + ")";
    }

    /** The expression by which an order compares; each {@code ?} stands for the column of the document. */
    static String expression(Order order) {
        return switch (order.kind()) {
            case TEXT -> "coalesce(" + text(order.field()) + ", '') collate \"C\"";
            case NUMBER ->
                "case when jsonb_typeof(? #> " + path(order.field()) + ") = 'number' then (" + text(order.field())
                        + ")::numeric else 0 end";
        };
    }

    private String index(CollectionSpec.Listing listing) {
        String order = listing.order().map(by -> "_" + name(by.field())).orElse("");
        return shortened(spec.name() + "_" + name(listing.within()) + order + "_idx");
    }

    private static String columns(CollectionSpec.Listing listing) {
        String order = listing.order()
                .map(by -> "(" + ofColumn(expression(by)) + "), ")
                .orElse("");
        return column(listing.within()) + ", " + order + "id";
    }

    private static String name(FieldPath field) {
        return String.join("_", field.names());
    }

    private static String column(FieldPath field) {
        return ofColumn(text(field));
    }

    private static String ofColumn(String expression) {
        return expression.replace("?", "data");
    }

    private static String path(FieldPath field) {
        return "'{" + String.join(",", field.names()) + "}'";
    }

    private static String shortened(String name) {
        return name.length() <= 63 ? name : name.substring(0, 54) + "_" + Integer.toHexString(name.hashCode());
    }

    private String quoted() {
        return "\"" + spec.name() + "\"";
    }
}
