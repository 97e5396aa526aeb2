package io.nsfl.modelformats.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses JSON with bounded depth and names; a key given twice is an error. The caller bounds the size of the text. */
public final class BoundedJson {
    private static final int DIGITS = 400;

    private BoundedJson() {}

    /** @throws JacksonException when the text is not JSON within the bounds */
    public static JsonNode parse(byte[] text, int depth, int nameLength) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxNameLength(nameLength)
                        .maxStringLength(Math.max(1, text.length))
                        .maxNumberLength(DIGITS)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readTree(text);
    }
}
