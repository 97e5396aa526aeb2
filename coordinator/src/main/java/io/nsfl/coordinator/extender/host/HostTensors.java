package io.nsfl.coordinator.extender.host;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Safetensors as arrays: float[] for F32, F16 and BF16, double[] for F64, long[] for whole numbers; row-major. */
final class HostTensors {
    private static final int LARGEST = Integer.MAX_VALUE - 64;

    /** Of tensors that algorithms send beside the model's: nothing an extender could know what to do with. */
    private static final String BESIDE = "nsfl:";

    private HostTensors() {}

    static Map<String, Object> read(Path file) throws IOException {
        Map<String, Object> tensors = new LinkedHashMap<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = bytes(channel, 0, 8).getLong();
            byte[] header = bytes(channel, 8, length).array();
            Map<String, Object> entries = HostJson.object(new String(header, StandardCharsets.UTF_8));
            entries.remove("__metadata__");
            entries.keySet().removeIf(name -> name.startsWith(BESIDE));
            for (Map.Entry<String, Object> entry : entries.entrySet()) {
                Map<?, ?> spec = (Map<?, ?>) entry.getValue();
                List<?> offsets = (List<?>) spec.get("data_offsets");
                long from = (Long) offsets.get(0);
                ByteBuffer data = bytes(channel, 8 + length + from, (Long) offsets.get(1) - from);
                tensors.put(entry.getKey(), array((String) spec.get("dtype"), data));
            }
        }
        return tensors;
    }

    private static ByteBuffer bytes(FileChannel channel, long at, long length) throws IOException {
        if (length > LARGEST) {
            throw new HostProblem("A tensor of " + length + " bytes is more than one Java array holds.");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
            // Until all is there.
        }
        return buffer.flip();
    }

    private static Object array(String type, ByteBuffer data) {
        int count = data.remaining() / width(type);
        Object array = switch (type) {
            case "F32", "F16", "BF16" -> new float[count];
            case "F64" -> new double[count];
            default -> new long[count];
        };
        for (int i = 0; i < count; i++) {
            switch (type) {
                case "F64" -> ((double[]) array)[i] = data.getDouble();
                case "F32" -> ((float[]) array)[i] = data.getFloat();
                case "F16" -> ((float[]) array)[i] = Float.float16ToFloat(data.getShort());
                case "BF16" -> ((float[]) array)[i] = Float.intBitsToFloat(data.getShort() << 16);
                case "I64", "U64" -> ((long[]) array)[i] = data.getLong();
                case "I32" -> ((long[]) array)[i] = data.getInt();
                case "U32" -> ((long[]) array)[i] = Integer.toUnsignedLong(data.getInt());
                case "I16" -> ((long[]) array)[i] = data.getShort();
                case "U16" -> ((long[]) array)[i] = Short.toUnsignedLong(data.getShort());
                case "I8" -> ((long[]) array)[i] = data.get();
                default -> ((long[]) array)[i] = Byte.toUnsignedLong(data.get());
            }
        }
        return array;
    }

    /** Writes arrays of numbers under the names, types and sizes of the round's update; tensors that are not given are left out. */
    static void write(Path file, Map<?, ?> weights, List<?> specs) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        List<ByteBuffer> blobs = new ArrayList<>();
        long at = 0;
        int known = 0;
        for (Object each : specs) {
            Map<?, ?> spec = (Map<?, ?>) each;
            Object array = weights.get(spec.get("name"));
            if (array == null) {
                continue;
            }
            known++;
            ByteBuffer blob = blob(spec, array);
            header.put(
                    (String) spec.get("name"),
                    Map.of(
                            "dtype", spec.get("dtype"),
                            "shape", spec.get("shape"),
                            "data_offsets", List.of(at, at + blob.remaining())));
            at += blob.remaining();
            blobs.add(blob);
        }
        if (known < weights.size()) {
            throw new HostProblem("The extender returned weights that the model does not have.");
        }
        byte[] text = HostJson.write(header).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            out.write(text);
            for (ByteBuffer blob : blobs) {
                out.write(blob.array());
            }
        }
    }

    private static ByteBuffer blob(Map<?, ?> spec, Object array) {
        long elements = 1;
        for (Object size : (List<?>) spec.get("shape")) {
            elements *= (Long) size;
        }
        if (!array.getClass().isArray() || Array.getLength(array) != elements) {
            throw new HostProblem(
                    "The extender must return an array of " + elements + " numbers for " + spec.get("name") + ".");
        }
        String type = (String) spec.get("dtype");
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(elements * width(type))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            Number number = (Number) Array.get(array, i);
            switch (type) {
                case "F64" -> data.putDouble(number.doubleValue());
                case "F32" -> data.putFloat(number.floatValue());
                case "I64", "U64" -> data.putLong(number.longValue());
                case "I32", "U32" -> data.putInt(number.intValue());
                case "I16", "U16" -> data.putShort(number.shortValue());
                default -> data.put(number.byteValue());
            }
        }
        return data.flip();
    }

    private static int width(String type) {
        return switch (type) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "F16", "BF16", "I16", "U16" -> 2;
            default -> 1;
        };
    }
}
