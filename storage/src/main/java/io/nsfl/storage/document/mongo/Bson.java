package io.nsfl.storage.document.mongo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Decimal128;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as BSON and back. Numbers keep their value and their written form up to 34 digits. Characters that have a meaning in MongoDB's
 * field names are escaped.
 */
final class Bson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Bson() {}

    static Document document(ObjectNode json) {
        Document document = new Document();
        json.properties().forEach(field -> document.put(escaped(field.getKey()), value(field.getValue())));
        return document;
    }

    static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> document((ObjectNode) node);
            case ARRAY -> {
                List<Object> elements = new ArrayList<>(node.size());
                node.forEach(element -> elements.add(value(element)));
                yield elements;
            }
            case NUMBER -> number(node);
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> null;
            case STRING, BINARY -> node.asString();
        };
    }

    private static Object number(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.canConvertToLong()
                    ? (Object) node.longValue()
                    : new Decimal128(new BigDecimal(node.bigIntegerValue()).round(MathContext.DECIMAL128));
        }
        BigDecimal exact = node.decimalValue();
        // Without a fraction it would come back as a whole number.
        BigDecimal fraction = exact.scale() == 0 ? exact.setScale(1) : exact;
        return new Decimal128(fraction.round(MathContext.DECIMAL128));
    }

    static ObjectNode object(Document document) {
        ObjectNode json = NODES.objectNode();
        document.forEach((name, value) -> json.set(unescaped(name), node(value)));
        return json;
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case null -> NODES.nullNode();
            case Document document -> object(document);
            case List<?> elements -> {
                ArrayNode array = NODES.arrayNode();
                elements.forEach(element -> array.add(node(element)));
                yield array;
            }
            case String text -> NODES.stringNode(text);
            case Boolean truth -> NODES.booleanNode(truth);
            case Integer whole -> NODES.numberNode(whole);
            case Long whole -> whole == whole.intValue() ? NODES.numberNode(whole.intValue()) : NODES.numberNode(whole);
            case Decimal128 decimal -> decimal(decimal.bigDecimalValue());
            case Double number -> NODES.numberNode(BigDecimal.valueOf(number));
            // Written by another program: dates, object ids and the like.
            default -> NODES.stringNode(value.toString());
        };
    }

    private static JsonNode decimal(BigDecimal value) {
        if (value.scale() == 0) {
            BigInteger whole = value.toBigInteger();
            return NODES.numberNode(whole);
        }
        return NODES.numberNode(value);
    }

    /** A field name as it is stored. */
    static String escaped(String name) {
        return name.isEmpty()
                ? "%"
                : name.replace("%", "%25")
                        .replace(".", "%2E")
                        .replace("$", "%24")
                        .replace("\0", "%00");
    }

    private static String unescaped(String name) {
        return name.equals("%")
                ? ""
                : name.replace("%00", "\0")
                        .replace("%24", "$")
                        .replace("%2E", ".")
                        .replace("%25", "%");
    }

    /** What documents that contain the pattern surely match, and some others too. */
    static Document narrowed(String path, ObjectNode pattern) {
        List<Document> conditions = new ArrayList<>();
        collect(path, pattern, conditions);
        return conditions.isEmpty() ? new Document() : new Document("$and", conditions);
    }

    private static void collect(String path, JsonNode pattern, List<Document> conditions) {
        if (pattern.isObject()) {
            for (Map.Entry<String, JsonNode> field : pattern.properties()) {
                collect(path + "." + escaped(field.getKey()), field.getValue(), conditions);
            }
        } else if (pattern.isArray()) {
            pattern.valueStream()
                    .filter(JsonNode::isValueNode)
                    .forEach(element -> conditions.add(new Document(path, value(element))));
        } else {
            conditions.add(new Document(path, value(pattern)));
        }
    }
}
