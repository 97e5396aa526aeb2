package io.nsfl.taskmanager.setup;

import io.nsfl.protocol.fault.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes the values of a JSON object one by one in their lenient forms, collects what is wrong, and knows what nobody asked for. */
final class Keys {
    private final String path;
    private final ObjectNode object;
    private final List<Violation> violations;
    private final TreeSet<String> unread = new TreeSet<>();

    Keys(String path, ObjectNode object, List<Violation> violations) {
        this.path = path;
        this.object = object;
        this.violations = violations;
        unread.addAll(object.propertyNames());
    }

    /** Names that were never asked for. */
    List<String> unread() {
        return List.copyOf(unread);
    }

    Optional<JsonNode> find(String name) {
        unread.remove(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name) {
        return find(name)
                .filter(JsonNode::isValueNode)
                .map(value -> value.asString().strip())
                .filter(value -> !value.isEmpty());
    }

    String required(String name, String meaning) {
        return text(name).orElseGet(() -> {
            wrong(name, "is missing: give " + meaning);
            return "";
        });
    }

    boolean truth(String name, boolean otherwise) {
        return truth(name, otherwise, "must be true or false");
    }

    /** @param rule what is said of another value */
    boolean truth(String name, boolean otherwise, String rule) {
        Optional<String> given = text(name);
        if (given.isEmpty()) {
            return otherwise;
        }
        return switch (given.get().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> true;
            case "false", "no", "0" -> false;
            default -> {
                wrong(name, rule);
                yield otherwise;
            }
        };
    }

    long whole(String name, long otherwise, long min, long max) {
        double value = number(name, otherwise);
        if (value != Math.rint(value) || value < min || value > max) {
            wrong(name, "must be a whole number from " + min + " to " + max);
            return otherwise;
        }
        return (long) value;
    }

    double number(String name, double otherwise) {
        Optional<String> given = text(name);
        if (given.isEmpty()) {
            return otherwise;
        }
        try {
            return Double.parseDouble(given.get());
        } catch (NumberFormatException e) {
            wrong(name, "must be a number");
            return otherwise;
        }
    }

    /** A JSON list of strings, or one string with commas. */
    List<String> list(String name) {
        Optional<JsonNode> given = find(name);
        List<String> items = new ArrayList<>();
        if (given.isPresent() && given.get().isArray()) {
            given.get().forEach(item -> items.add(item.asString().strip()));
        } else if (given.isPresent() && given.get().isValueNode()) {
            items.addAll(List.of(given.get().asString().split(",")));
        } else if (given.isPresent()) {
            wrong(name, "must be a list, or names with commas between them");
        }
        return items.stream().map(String::strip).filter(item -> !item.isEmpty()).toList();
    }

    /** The object of this name; an empty one where there is none. */
    Keys object(String name) {
        Optional<JsonNode> given = find(name);
        if (given.isPresent() && given.get() instanceof ObjectNode nested) {
            return new Keys(path + "." + name, nested, violations);
        }
        if (given.isPresent() && !given.get().asString().isBlank()) {
            wrong(name, "must be an object");
        }
        return new Keys(path + "." + name, object.objectNode(), violations);
    }

    void wrong(String name, String message) {
        JsonNode given = object.get(name);
        String shown = given == null ? "nothing" : given.toString();
        violations.add(new Violation(
                path + "." + name, shown.length() > 100 ? shown.substring(0, 100) + "…" : shown, message));
    }
}
