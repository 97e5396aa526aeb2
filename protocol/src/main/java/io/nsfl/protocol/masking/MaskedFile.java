package io.nsfl.protocol.masking;

/** A masked result as a file: safetensors with one tensor of unsigned 32-bit integers. */
public final class MaskedFile {
    /** The tensor's name. */
    public static final String VECTOR = "masked";

    private MaskedFile() {}
}
