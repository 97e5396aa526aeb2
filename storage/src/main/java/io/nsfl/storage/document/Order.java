package io.nsfl.storage.document;

/**
 * By which field a query is ordered; documents equal in it are ordered by id in the same direction, so an order is always total.
 *
 * @param field the field
 * @param kind how its values are compared
 * @param descending largest first
 */
public record Order(FieldPath field, Kind kind, boolean descending) {
    /** How values of the field are compared. */
    public enum Kind {
        /** By code point; a document without the field counts as "". */
        TEXT,
        /** By value; a document without the field counts as 0. */
        NUMBER
    }

    public static Order byText(String dotted) {
        return new Order(FieldPath.of(dotted), Kind.TEXT, false);
    }

    public static Order byNumber(String dotted) {
        return new Order(FieldPath.of(dotted), Kind.NUMBER, false);
    }

    public Order descendingly() {
        return new Order(field, kind, true);
    }

    public Order ascendingly() {
        return new Order(field, kind, false);
    }
}
