package io.nsfl.standalone.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * MNIST as numpy's {@code .npz}: a zip of {@code .npy} files, each a header that names type and shape, padded so that the raw
 * bytes begin at a multiple of 64.
 */
final class Npz {
    private static final int IMAGE_HEADER = 16;
    private static final int LABEL_HEADER = 8;

    private Npz() {}

    static byte[] of(Path directory) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(content)) {
            add(zip, "x_train", directory.resolve("train-images-idx3-ubyte"), IMAGE_HEADER, "(60000, 28, 28)");
            add(zip, "y_train", directory.resolve("train-labels-idx1-ubyte"), LABEL_HEADER, "(60000,)");
            add(zip, "x_test", directory.resolve("t10k-images-idx3-ubyte"), IMAGE_HEADER, "(10000, 28, 28)");
            add(zip, "y_test", directory.resolve("t10k-labels-idx1-ubyte"), LABEL_HEADER, "(10000,)");
        }
        return content.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, Path idx, int skipped, String shape) throws IOException {
        byte[] raw = Files.readAllBytes(idx);
        byte[] header = header(shape);
        byte[] array = Arrays.copyOf(header, header.length + raw.length - skipped);
        System.arraycopy(raw, skipped, array, header.length, raw.length - skipped);
        CRC32 crc = new CRC32();
        crc.update(array);
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTime(0);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(array.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(array);
        zip.closeEntry();
    }

    private static byte[] header(String shape) {
        String description = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
        // Magic and version (8 bytes), length (2), text, newline.
        int length = (10 + description.length() + 1 + 63) / 64 * 64 - 10;
        String text = description + " ".repeat(length - description.length() - 1) + "\n";
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        header.write(length & 0xff);
        header.write(length >> 8);
        header.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return header.toByteArray();
    }
}
