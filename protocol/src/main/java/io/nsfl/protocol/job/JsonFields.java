package io.nsfl.protocol.job;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one JSON object, each taken with the documented leniency for its type; what does not fit becomes a violation and reads
 * as absent. A JSON null is the same as no field.
 */
final class JsonFields {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?");
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final ObjectNode object;
    private final String path;
    private final Findings findings;

    JsonFields(ObjectNode object, String path, Findings findings) {
        this.object = object;
        this.path = path;
        this.findings = findings;
    }

    /** JSON path of a field. */
    String pathOf(String name) {
        return PLAIN_KEY.matcher(name).matches() ? path + "." + name : path + "['" + name + "']";
    }

    /** The field as it is, or null. */
    JsonNode raw(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return raw(name) != null;
    }

    boolean isObject(String name) {
        return raw(name) instanceof ObjectNode;
    }

    /** A text without a word about one that is none, for readers that only want to know whose turn it is. */
    String peek(String name) {
        JsonNode value = raw(name);
        return value != null && value.isString() ? value.stringValue() : "";
    }

    void violation(String name, String message) {
        findings.violation(pathOf(name), raw(name), message);
    }

    void warning(String name, String message) {
        findings.warning(pathOf(name), raw(name), message);
    }

    /** Warns of keys that look like misspelt known ones; other unknown keys are the user's own. */
    void warnOfMisspelt(Set<String> known) {
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                Spelling.nearest(name, known)
                        .ifPresent(meant -> findings.warning(
                                pathOf(name),
                                object.get(name),
                                "is not known and has no effect; was " + meant + " meant?"));
            }
        }
    }

    Optional<String> string(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isString()) {
            violation(name, "must be a text in quotes");
            return Optional.empty();
        }
        return Optional.of(value.stringValue());
    }

    /** A text that is not blank; a blank one is the same as none. */
    Optional<String> filledString(String name) {
        return string(name).filter(text -> !text.isBlank());
    }

    Optional<String> requiredString(String name, String meaning) {
        Optional<String> value = filledString(name);
        if (value.isEmpty() && (!has(name) || raw(name).isString())) {
            violation(name, "must be given: " + meaning);
        }
        return value;
    }

    /** A whole number: {@code 3}, {@code 3.0} or {@code "3"}. */
    long integer(String name, long absent, long min, long max) {
        JsonNode given = raw(name);
        Optional<BigDecimal> number = given == null ? Optional.empty() : number(given);
        Optional<Long> whole = number.flatMap(JsonFields::whole).filter(value -> value >= min && value <= max);
        if (given != null && whole.isEmpty()) {
            violation(
                    name,
                    max == Integer.MAX_VALUE || max == Long.MAX_VALUE
                            ? "must be a whole number of at least " + min
                            : "must be a whole number from " + min + " to " + max);
        }
        return whole.orElse(absent);
    }

    /** A whole number of at least {@code min} that fits an int. */
    int count(String name, int absent, int min) {
        return (int) integer(name, absent, min, Integer.MAX_VALUE);
    }

    /** A number, whole or not, also in quotes. @param zero whether 0 is allowed; less never is */
    double decimal(String name, double absent, boolean zero) {
        JsonNode given = raw(name);
        if (given == null) {
            return absent;
        }
        Optional<Double> value = number(given)
                .map(BigDecimal::doubleValue)
                .filter(Double::isFinite)
                .filter(number -> zero ? number >= 0 : number > 0);
        if (value.isEmpty()) {
            violation(name, zero ? "must be a number of at least 0" : "must be a number above 0");
        }
        return value.orElse(absent);
    }

    /** A number from 0 to below 1. */
    double belowOne(String name, double absent) {
        double value = decimal(name, absent, true);
        if (value >= 1) {
            violation(name, "must be a number from 0 to below 1");
            return absent;
        }
        return value;
    }

    /** {@code true}, {@code "true"} or {@code "True"}. */
    boolean bool(String name, boolean absent) {
        JsonNode given = raw(name);
        if (given == null) {
            return absent;
        }
        if (given.isBoolean()) {
            return given.booleanValue();
        }
        String word = given.isString() ? given.stringValue().strip().toLowerCase(Locale.ROOT) : "";
        if (!word.equals("true") && !word.equals("false")) {
            violation(name, "must be true or false");
            return absent;
        }
        return word.equals("true");
    }

    Optional<ObjectNode> object(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof ObjectNode node) {
            return Optional.of(node);
        }
        violation(name, "must be an object in braces");
        return Optional.empty();
    }

    /** The fields of a nested object; those of none at all when it is absent. */
    JsonFields fields(String name) {
        return new JsonFields(object(name).orElseGet(JobJson::newObject), pathOf(name), findings);
    }

    /** An object whose values are numbers, texts, booleans or null; empty when it is absent. */
    ObjectNode scalars(String name) {
        ObjectNode values = object(name).orElseGet(JobJson::newObject);
        JsonFields fields = new JsonFields(values, pathOf(name), findings);
        values.forEachEntry((key, value) -> {
            if (value.isContainer()) {
                fields.violation(key, "must be a number, a text, true, false or null");
            }
        });
        return values;
    }

    private static Optional<BigDecimal> number(JsonNode given) {
        if (given.isNumber()) {
            return Optional.of(given.decimalValue());
        }
        if (given.isString() && NUMBER.matcher(given.stringValue().strip()).matches()) {
            return Optional.of(new BigDecimal(given.stringValue().strip()));
        }
        return Optional.empty();
    }

    private static Optional<Long> whole(BigDecimal number) {
        // Digits before the point, without writing out what 1e999999 stands for.
        if ((long) number.precision() - number.scale() > 19) {
            return Optional.empty();
        }
        try {
            return Optional.of(number.longValueExact());
        } catch (ArithmeticException fraction) {
            return Optional.empty();
        }
    }
}
