package io.nsfl.protocol.job;

import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether every database takes what a user wrote into a document, unknown fields included: some texts and numbers none of them stores. */
final class Storable {
    private static final int MAX_EXPONENT = 400;

    private Storable() {}

    /** After everything else: a field that is refused already needs no second reason. */
    static void check(ObjectNode document, Findings findings) {
        check(document, "$", findings);
    }

    private static void check(JsonNode node, String path, Findings findings) {
        switch (node) {
            case ObjectNode object -> {
                JsonFields fields = new JsonFields(object, path, findings);
                object.forEachEntry((name, value) -> {
                    if (isUnstorable(name)) {
                        findings.violation(
                                path,
                                object.objectNode(),
                                "must not have a field whose name holds a NUL or half a character");
                    } else {
                        check(value, fields.pathOf(name), findings);
                    }
                });
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    check(array.get(i), path + "[" + i + "]", findings);
                }
            }
            case JsonNode text
            when text.isString() && isUnstorable(text.stringValue()) ->
                refuse(path, text, "must not hold a NUL character or half of a surrogate pair", findings);
            case JsonNode number
            when number.isNumber() && isUnstorable(number.decimalValue()) ->
                refuse(path, number, "must be a number of ordinary size", findings);
            default -> {}
        }
    }

    private static void refuse(String path, JsonNode given, String message, Findings findings) {
        if (!findings.hasViolation(path)) {
            findings.violation(path, given, message);
        }
    }

    private static boolean isUnstorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return true;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isUnstorable(BigDecimal number) {
        return Math.abs((long) number.scale()) > MAX_EXPONENT;
    }
}
