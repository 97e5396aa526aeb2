package io.nsfl.executor.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A script's command-line arguments: the task config's params overlaid by the job's parameters (the same key: the job wins), key
 * then value. A value that is null, empty, 0 or false gives the key alone. Numbers are spelled as they were written, booleans as
 * Python spells them.
 */
public final class ScriptArguments {
    private ScriptArguments() {}

    public static List<String> of(ObjectNode params, ObjectNode parameters) {
        ObjectNode merged = params.deepCopy();
        merged.setAll(parameters);
        List<String> arguments = new ArrayList<>();
        for (Map.Entry<String, JsonNode> parameter : merged.properties()) {
            arguments.add(parameter.getKey());
            if (!falsy(parameter.getValue())) {
                arguments.add(text(parameter.getValue()));
            }
        }
        return arguments;
    }

    /** A value as text; an array or object as JSON. */
    static String text(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue() ? "True" : "False";
        }
        if (value.isContainer()) {
            return value.toString();
        }
        return value.isNull() ? "None" : value.asString();
    }

    private static boolean falsy(JsonNode value) {
        return value.isNull()
                || value.isBoolean() && !value.booleanValue()
                || value.isNumber() && value.decimalValue().signum() == 0
                || value.isString() && value.stringValue().isEmpty()
                || value.isContainer() && value.isEmpty();
    }
}
