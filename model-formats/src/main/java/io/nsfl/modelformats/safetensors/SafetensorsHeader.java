package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.DType;
import io.nsfl.federation.tensor.TensorKind;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.json.BoundedJson;
import io.nsfl.modelformats.kind.KindRule;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The parsed and checked header of a safetensors file: every tensor lies inside the file, none overlap, no byte is left over.
 *
 * @param dataStart where the values begin, in bytes from the start of the file
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    private static final int MAX_AXES = 32;

    /** @param offset of the values from the start of the file */
    record Entry(TensorSpec spec, long offset) {}

    static SafetensorsHeader read(MappedFile file, ModelLimits limits) {
        return new Parser(file, limits).read();
    }

    private static final class Parser {
        private static final ValueLayout.OfLong LITTLE_LONG =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final int DEPTH = 8;

        private final MappedFile file;
        private final ModelLimits limits;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final Map<String, TensorKind> kinds = new LinkedHashMap<>();

        Parser(MappedFile file, ModelLimits limits) {
            this.file = file;
            this.limits = limits;
        }

        SafetensorsHeader read() {
            long dataStart = headerEnd();
            JsonNode root = parse(
                    file.bytes().asSlice(Long.BYTES, dataStart - Long.BYTES).toArray(ValueLayout.JAVA_BYTE));
            require(root.isObject(), "its header is not a JSON object");
            require(root.size() <= limits.tensors() + 1, "it has more than " + limits.tensors() + " tensors");
            readMetadata(root.get(SafetensorsLayout.METADATA));
            List<Entry> entries = new ArrayList<>();
            for (Map.Entry<String, JsonNode> field : root.properties()) {
                if (!field.getKey().equals(SafetensorsLayout.METADATA)) {
                    entries.add(entry(field.getKey(), field.getValue(), dataStart));
                }
            }
            requireGapless(entries, dataStart);
            return new SafetensorsHeader(List.copyOf(entries), Map.copyOf(metadata), dataStart);
        }

        private long headerEnd() {
            require(file.size() >= Long.BYTES, "it is shorter than its header");
            long length = file.bytes().get(LITTLE_LONG, 0);
            require(length >= 2 && length <= file.size() - Long.BYTES, "its header does not end inside the file");
            require(length <= limits.headerBytes(), "its header is larger than " + limits.headerBytes() + " bytes");
            return Long.BYTES + length;
        }

        private JsonNode parse(byte[] json) {
            try {
                return BoundedJson.parse(json, DEPTH, limits.nameLength() + SafetensorsLayout.KIND_PREFIX.length());
            } catch (JacksonException broken) {
                throw unreadable("its header is not valid JSON (" + broken.getOriginalMessage() + ")");
            }
        }

        private void readMetadata(JsonNode node) {
            if (node == null) {
                return;
            }
            require(node.isObject(), "its metadata is not a JSON object");
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                require(field.getValue().isString(), "its metadata has a value that is not a string");
                String key = field.getKey();
                String value = field.getValue().stringValue();
                if (key.startsWith(SafetensorsLayout.KIND_PREFIX)) {
                    kinds.put(key.substring(SafetensorsLayout.KIND_PREFIX.length()), kind(value));
                } else {
                    metadata.put(key, value);
                }
            }
        }

        private TensorKind kind(String name) {
            for (TensorKind kind : TensorKind.values()) {
                if (kind.name().equals(name)) {
                    return kind;
                }
            }
            throw unreadable("its metadata names the unknown kind of tensor " + quoted(name));
        }

        private Entry entry(String name, JsonNode node, long dataStart) {
            require(!name.isEmpty() && name.length() <= limits.nameLength(), "a tensor's name is empty or too long");
            require(
                    node.isObject() && node.size() == 3,
                    "tensor " + quoted(name) + " is not described by three fields");
            DType dtype = DType.of(node.path("dtype").asString(""))
                    .orElseThrow(() -> unreadable("tensor " + quoted(name) + " has an unknown type of element"));
            List<Long> shape = shape(name, node.path("shape"));
            JsonNode offsets = node.path("data_offsets");
            require(offsets.isArray() && offsets.size() == 2, "tensor " + quoted(name) + " has no two offsets");
            long begin = whole(name, offsets.get(0));
            long end = whole(name, offsets.get(1));
            require(
                    begin <= end && end <= file.size() - dataStart,
                    "the values of tensor " + quoted(name) + " lie outside the file");
            TensorSpec spec = spec(name, dtype, shape);
            require(
                    spec.bytes() == end - begin,
                    "tensor " + quoted(name) + " needs " + spec.bytes() + " bytes and has " + (end - begin));
            return new Entry(spec, dataStart + begin);
        }

        private List<Long> shape(String name, JsonNode node) {
            require(node.isArray() && node.size() <= MAX_AXES, "tensor " + quoted(name) + " has no shape");
            List<Long> shape = new ArrayList<>();
            for (JsonNode size : node) {
                shape.add(whole(name, size));
            }
            return shape;
        }

        private long whole(String name, JsonNode node) {
            require(
                    node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0,
                    "tensor " + quoted(name) + " has a size or offset that is not a whole number");
            return node.longValue();
        }

        private TensorSpec spec(String name, DType dtype, List<Long> shape) {
            try {
                return new TensorSpec(name, dtype, shape, kinds.getOrDefault(name, KindRule.of(name, dtype)));
            } catch (ArithmeticException tooLarge) {
                throw unreadable("tensor " + quoted(name) + " has a shape too large for any file");
            }
        }

        private void requireGapless(List<Entry> entries, long dataStart) {
            List<Entry> byPlace = new ArrayList<>(entries);
            byPlace.sort(Comparator.comparingLong(Entry::offset)
                    .thenComparingLong(entry -> entry.spec().bytes()));
            long end = dataStart;
            for (Entry entry : byPlace) {
                require(
                        entry.offset() == end,
                        "the values of tensor " + quoted(entry.spec().name()) + " overlap others or leave a gap");
                end += entry.spec().bytes();
            }
            require(end == file.size(), "it has bytes that belong to no tensor");
        }

        private void require(boolean condition, String otherwise) {
            if (!condition) {
                throw unreadable(otherwise);
            }
        }

        private FaultException unreadable(String why) {
            return new FaultException(
                    Fault.MODEL_UNREADABLE, file.path() + " is not a safetensors file that can be read: " + why + ".");
        }

        private static String quoted(String name) {
            return '"' + (name.length() > 80 ? name.substring(0, 80) + "…" : name) + '"';
        }
    }
}
