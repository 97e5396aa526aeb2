package io.nsfl.servicekit.access;

/** Names from outside, made fit to be shown: short, without control characters and without anything that redirects text. */
final class Printable {
    private static final int LIMIT = 200;

    private Printable() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(LIMIT).forEach(point -> shown.appendCodePoint(isPlain(point) ? point : '\uFFFD'));
        return text.codePointCount(0, text.length()) > LIMIT ? shown + "…" : shown.toString();
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
