package io.nsfl.storage.document.postgres;

import io.nsfl.storage.document.CollectionSpec;
import io.nsfl.storage.document.FieldPath;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.UniqueKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The SQL of one collection. Names come from configuration and are checked by {@link CollectionSpec} and {@link FieldPath}, so they can
 * stand in SQL text; values never do.
 */
final class Table {
    /** Where a document keeps its version; absent (a row of another program) counts as 0. */
    static final String VERSION = "_version";

    /** SQL state of a statement on a table that is not there. */
    static final String IS_ABSENT = "42P01";

    private static final String VERSION_OF_ROW = "coalesce((data->>'" + VERSION + "')::bigint, 0)";

    private final CollectionSpec spec;

    Table(CollectionSpec spec) {
        this.spec = spec;
    }

    String name() {
        return spec.name();
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
        return "select count(*) > 0 from pg_indexes where tablename = ? and indexname = ?";
    }

    /** By name, the statements that make the indexes. */
    Map<String, String> indexes() {
        Map<String, String> indexes = new LinkedHashMap<>();
        for (UniqueKey key : spec.uniqueKeys()) {
            String fields = key.fields().stream()
                    .map(field -> String.join("_", field.names()))
                    .collect(Collectors.joining("_"));
            String expressions = key.fields().stream().map(Table::text).collect(Collectors.joining(", "));
            String index = shortened(spec.name() + "_" + fields + "_key");
            indexes.put(
                    index,
                    "create unique index if not exists \"%s\" on %s (%s)".formatted(index, quoted(), expressions));
        }
        for (CollectionSpec.Listing listing : spec.listings()) {
            String index = shortened("%s_%s_%s_idx"
                    .formatted(
                            spec.name(),
                            String.join("_", listing.within().names()),
                            String.join("_", listing.order().field().names())));
            indexes.put(
                    index,
                    "create index if not exists \"%s\" on %s (%s, (%s), id)"
                            .formatted(index, quoted(), text(listing.within()), expression(listing.order())));
        }
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

    /** Rows of a JSON array, in its order; ids are given in that order. */
    String insertAll() {
        return "insert into " + quoted() + " (data) select value from jsonb_array_elements(?::jsonb) with ordinality"
                + " order by ordinality returning id";
    }

    String select() {
        return "select id, data from " + quoted();
    }

    String count() {
        return "select count(*) from " + quoted() + " where data @> ?::jsonb";
    }

    String replace() {
        return "update " + quoted() + " set data = ?::jsonb where id = ? and " + VERSION_OF_ROW + " = ?";
    }

    String delete() {
        return "delete from " + quoted() + " where id = ? and " + VERSION_OF_ROW + " = ?";
    }

    String deleteAll() {
        return "delete from " + quoted() + " where data @> ?::jsonb";
    }

    /**
     * What containment of a pattern implies about the fields that indexes begin with, each with one {@code ?}: the planner finds those indexes
     * by it. Only texts, whose text is the same wherever they are equal.
     */
    Map<FieldPath, String> implied(ObjectNode pattern) {
        Map<FieldPath, String> conditions = new LinkedHashMap<>();
        Stream.concat(
                        spec.uniqueKeys().stream().flatMap(key -> key.fields().stream()),
                        spec.listings().stream().map(CollectionSpec.Listing::within))
                .filter(field -> field.in(pattern).isString())
                .forEach(field -> conditions.put(field, text(field) + " = ?"));
        return conditions;
    }

    /** The expression by which an order compares. */
    static String expression(Order order) {
        return switch (order.kind()) {
            case TEXT -> "coalesce(" + text(order.field()) + ", '') collate \"C\"";
            case NUMBER ->
                "case when jsonb_typeof(data #> " + path(order.field()) + ") = 'number' then (" + text(order.field())
                        + ")::numeric else 0 end";
        };
    }

    private static String text(FieldPath field) {
        return "(data #>> " + path(field) + ")";
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
