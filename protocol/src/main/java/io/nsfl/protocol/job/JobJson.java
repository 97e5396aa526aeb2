package io.nsfl.protocol.job;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one way JSON is read and written on the wire: snake_case names, nulls omitted, instants as ISO 8601, duplicate keys refused,
 * depth, size and length of numbers bounded, and numbers kept as written: {@code 3} stays {@code 3}.
 */
public final class JobJson {
    /** Bound of one document: 16 MiB. */
    public static final int MAX_DOCUMENT = 16 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER = 100;
    private static final int MAX_NAME = 1_000;

    private static final JsonMapper MAPPER = mapper(boundedFactory());

    private JobJson() {}

    /** The mapper itself, for frameworks that want one. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** @throws FaultException REQUEST_INVALID if it is not such a record, REQUEST_TOO_LARGE beyond the bound */
    public static <T> T read(byte[] json, Class<T> type) {
        return convert(object(json), type);
    }

    /** @throws FaultException REQUEST_INVALID if it is not one JSON object, REQUEST_TOO_LARGE beyond the bound */
    public static ObjectNode object(byte[] json) {
        return object(MAPPER, json, "The document");
    }

    /** Reads to the end, never more than {@link #MAX_DOCUMENT} bytes; does not close the stream. */
    public static ObjectNode object(InputStream json) throws IOException {
        return object(json.readNBytes(MAX_DOCUMENT + 1));
    }

    /** @throws FaultException REQUEST_INVALID if a component has the wrong type */
    public static <T> T convert(ObjectNode document, Class<T> type) {
        try {
            return MAPPER.treeToValue(document, type);
        } catch (JacksonException mismatch) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    "The document is not a valid " + type.getSimpleName() + ": " + JsonMishap.mismatch(mismatch) + ".",
                    mismatch);
        }
    }

    public static ObjectNode toObject(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    /** UTF-8, one line. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** One line. */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Indented, for files that people read. */
    public static String pretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    static ObjectNode object(JsonMapper mapper, byte[] json, String name) {
        if (json.length > MAX_DOCUMENT) {
            throw new FaultException(
                    Fault.REQUEST_TOO_LARGE, name + " is larger than " + (MAX_DOCUMENT >> 20) + " MiB.");
        }
        JsonNode root;
        try {
            root = mapper.readTree(json);
        } catch (StreamConstraintsException beyond) {
            throw new FaultException(
                    Fault.REQUEST_TOO_LARGE,
                    name + " goes beyond a bound: " + JsonMishap.malformed(beyond) + ".",
                    beyond);
        } catch (NumberFormatException beyond) {
            // The parser leaves an exponent beyond all bounds to the library of numbers.
            throw new FaultException(
                    Fault.REQUEST_TOO_LARGE,
                    name + " goes beyond a bound: a number has too large an exponent.",
                    beyond);
        } catch (JacksonException malformed) {
            throw new FaultException(
                    Fault.REQUEST_INVALID,
                    name + " is not valid JSON" + JsonMishap.at(malformed.getLocation()) + ": "
                            + JsonMishap.malformed(malformed) + ".",
                    malformed);
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new FaultException(Fault.REQUEST_INVALID, name + " must be one JSON object in braces.");
    }

    static JsonFactoryBuilder boundedFactory() {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxDocumentLength(MAX_DOCUMENT)
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNumberLength(MAX_NUMBER)
                        .maxNameLength(MAX_NAME)
                        .maxStringLength(MAX_DOCUMENT)
                        .build());
    }

    static JsonMapper mapper(JsonFactoryBuilder factory) {
        return JsonMapper.builder(factory.build())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(inclusion ->
                        inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
    }
}
