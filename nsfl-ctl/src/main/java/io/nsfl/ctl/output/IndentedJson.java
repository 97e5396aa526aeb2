package io.nsfl.ctl.output;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** JSON for people: one member or item a line, indented by 4. */
public final class IndentedJson {
    private IndentedJson() {}

    public static String of(JsonNode node) {
        StringBuilder text = new StringBuilder();
        write(node, 0, text);
        return text.toString();
    }

    private static void write(JsonNode node, int depth, StringBuilder text) {
        String separator = "";
        String indent = "\n" + " ".repeat((depth + 1) * 4);
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            text.append('{');
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                text.append(separator)
                        .append(indent)
                        .append(StringNode.valueOf(member.getKey()))
                        .append(": ");
                write(member.getValue(), depth + 1, text);
                separator = ",";
            }
            text.append('\n').append(" ".repeat(depth * 4)).append('}');
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            text.append('[');
            for (JsonNode item : array) {
                text.append(separator).append(indent);
                write(item, depth + 1, text);
                separator = ",";
            }
            text.append('\n').append(" ".repeat(depth * 4)).append(']');
        } else {
            text.append(node);
        }
    }
}
