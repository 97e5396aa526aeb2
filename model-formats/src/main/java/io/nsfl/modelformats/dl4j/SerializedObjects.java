package io.nsfl.modelformats.dl4j;

import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.modelformats.zip.ZipEntryInfo;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds what DL4J would turn into objects of any class: Java serialization and normalizers of a class of their own. */
final class SerializedObjects {
    private static final String OBJECTS = "objects/";
    private static final String PREPROCESSOR = "preprocessor.bin";
    private static final String NORMALIZER = "normalizer.bin";
    private static final String CUSTOM_NORMALIZER = "CUSTOM";
    private static final short JAVA_SERIALIZATION = (short) 0xaced;

    private SerializedObjects() {}

    static void refuse(MappedFile file, ZipArchive archive) {
        for (ZipEntryInfo entry : archive.entries()) {
            boolean named = entry.name().startsWith(OBJECTS) || entry.name().equals(PREPROCESSOR);
            if (named || isSerialized(archive, entry)) {
                throw new FaultException(
                        Fault.MODEL_HOSTILE,
                        file.path() + " is refused: its entry " + entry.name()
                                + " is a serialized Java object; save the model without it.");
            }
        }
    }

    private static boolean isSerialized(ZipArchive archive, ZipEntryInfo entry) {
        boolean known =
                entry.name().equals(Dl4jModel.CONFIGURATION) || entry.name().equals(Dl4jModel.COEFFICIENTS);
        byte[] head = known ? new byte[0] : archive.head(entry, Short.BYTES + CUSTOM_NORMALIZER.length());
        if (head.length < Short.BYTES) {
            return false;
        }
        return ByteBuffer.wrap(head).getShort() == JAVA_SERIALIZATION
                || (entry.name().equals(NORMALIZER) && isCustom(head));
    }

    /** A normalizer's file begins with its type: the length of a text and the text. */
    private static boolean isCustom(byte[] head) {
        String type = new String(head, Short.BYTES, head.length - Short.BYTES, StandardCharsets.US_ASCII);
        return ByteBuffer.wrap(head).getShort() == CUSTOM_NORMALIZER.length() && type.equals(CUSTOM_NORMALIZER);
    }
}
