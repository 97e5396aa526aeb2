package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.kind.KindRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where everything of a safetensors file lies. The header lists the tensors in the model's order; their values lie by falling
 * element size, so that each begins at a multiple of its element size (the format allows no gaps).
 */
final class SafetensorsLayout {
    static final String METADATA = "__metadata__";
    static final String KIND_PREFIX = "nsfl.kind:";
    private static final int ALIGNMENT = 8;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final byte[] prefix;
    private final long[] offsets;
    private final List<Integer> order;
    private final long size;

    private SafetensorsLayout(byte[] prefix, long[] offsets, List<Integer> order, long size) {
        this.prefix = prefix;
        this.offsets = offsets;
        this.order = order;
        this.size = size;
    }

    static SafetensorsLayout of(List<TensorSpec> specs, Map<String, String> metadata) {
        List<Integer> order = IntStream.range(0, specs.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -specs.get(i).dtype().bytes()))
                .toList();
        long[] begins = new long[specs.size()];
        long end = 0;
        for (int i : order) {
            begins[i] = end;
            end = Math.addExact(end, specs.get(i).bytes());
        }
        byte[] prefix = prefix(header(specs, begins, metadata));
        long[] offsets =
                Arrays.stream(begins).map(begin -> begin + prefix.length).toArray();
        return new SafetensorsLayout(prefix, offsets, order, prefix.length + end);
    }

    /** Length of the header and the header itself, padded. */
    byte[] prefix() {
        return prefix;
    }

    /** Place of the values of tensor {@code index} in the file. */
    long offset(int index) {
        return offsets[index];
    }

    /** The tensors' indices in the order of their values. */
    List<Integer> order() {
        return order;
    }

    long size() {
        return size;
    }

    private static ObjectNode header(List<TensorSpec> specs, long[] begins, Map<String, String> metadata) {
        ObjectNode header = JSON.createObjectNode();
        Map<String, String> all = new TreeMap<>(metadata);
        for (TensorSpec spec : specs) {
            if (spec.kind() != KindRule.of(spec.name(), spec.dtype())) {
                all.put(KIND_PREFIX + spec.name(), spec.kind().name());
            }
        }
        if (!all.isEmpty()) {
            ObjectNode node = header.putObject(METADATA);
            all.forEach(node::put);
        }
        for (int i = 0; i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            if (spec.name().equals(METADATA)) {
                throw new IllegalArgumentException("Cannot name a tensor " + METADATA + ": the format keeps that name");
            }
            ObjectNode node = header.putObject(spec.name());
            node.put("dtype", spec.dtype().name());
            ArrayNode shape = node.putArray("shape");
            new ArrayList<>(spec.shape()).forEach(shape::add);
            node.putArray("data_offsets").add(begins[i]).add(begins[i] + spec.bytes());
        }
        return header;
    }

    private static byte[] prefix(ObjectNode header) {
        byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        byte[] prefix = new byte[Long.BYTES + padded];
        Arrays.fill(prefix, (byte) ' ');
        ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        return prefix;
    }
}
