package io.nsfl.protocol.job;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.MismatchedInputException;

/** What a JSON parser has to say, for people: without its classes, switches and sources. No full stop at the end. */
final class JsonMishap {
    /** {@code (start marker at [Source: …; line: 1, column: 1])}. */
    private static final Pattern START_MARKER = Pattern.compile("\\s*\\(start marker at \\[Source:.*?]\\)");
    /** {@code , from `Something.getMaximum()`}. */
    private static final Pattern SETTING = Pattern.compile(",? from `[^`]*`");

    private static final Pattern SOURCE = Pattern.compile("\\s*(at )?\\[Source:[^\\]]*]");
    private static final Pattern CODE = Pattern.compile(" \\(code \\d+[^)]*\\)");
    private static final Pattern END = Pattern.compile("[.\\s]+$");

    private JsonMishap() {}

    /** Why a text is not JSON, or goes beyond a bound. */
    static String malformed(JacksonException failure) {
        String message = failure.getOriginalMessage();
        if (failure instanceof UnexpectedEndOfInputException || message.startsWith("Unexpected end-of-input")) {
            return "it ends too early, with a brace, a bracket or a quotation mark not closed";
        }
        if (failure instanceof MismatchedInputException) {
            return message.startsWith("Trailing token") ? "something follows after its end" : "there is nothing in it";
        }
        return clean(message);
    }

    /** Which value has the wrong type. */
    static String mismatch(JacksonException failure) {
        String path = failure.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        return path.isEmpty() ? "it has the wrong type" : path + " has the wrong type";
    }

    /** {@code  (line 3, column 7)}; empty where it is not known. */
    static String at(TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static String clean(String message) {
        String text = message;
        for (Pattern pattern : new Pattern[] {START_MARKER, SETTING, SOURCE, CODE, END}) {
            text = pattern.matcher(text).replaceAll("");
        }
        return text.isEmpty() ? "it cannot be read" : text.replace('\n', ' ');
    }
}
