package io.nsfl.ctl.output;

import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON document as YAML, maps indented by 4, texts quoted where a reader of YAML could take them for something else. */
public final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][A-Za-z0-9/_ .-]*");
    private static final Pattern RESERVED = Pattern.compile("(?i)true|false|yes|no|on|off|null|y|n|\\.nan|\\.inf");

    private Yaml() {}

    public static String of(ObjectNode document) {
        StringBuilder text = new StringBuilder();
        map(document, 0, text);
        return text.toString();
    }

    private static void map(ObjectNode map, int depth, StringBuilder text) {
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            text.append(" ".repeat(depth * 4)).append(scalar(entry.getKey())).append(':');
            value(entry.getValue(), depth, text);
        }
    }

    private static void value(JsonNode value, int depth, StringBuilder text) {
        if (value.isContainer() && value.isEmpty()) {
            text.append(' ').append(value).append('\n');
        } else if (value instanceof ObjectNode map) {
            text.append('\n');
            map(map, depth + 1, text);
        } else if (value instanceof ArrayNode list) {
            text.append('\n');
            for (JsonNode item : list) {
                text.append(" ".repeat(depth * 4))
                        .append("- ")
                        .append(inline(item))
                        .append('\n');
            }
        } else {
            text.append(' ').append(inline(value)).append('\n');
        }
    }

    private static String inline(JsonNode value) {
        // JSON is YAML: what is neither a text nor on a line of its own stays as it is.
        return value.isString() ? scalar(value.asString()) : value.toString();
    }

    private static String scalar(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches() && !text.endsWith(" ");
        return plain
                ? text
                : tools.jackson.databind.node.StringNode.valueOf(text).toString();
    }
}
