package io.nsfl.modelformats.hdf5;

import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;

/** An HDF5 file by its superblock. Reads on demand from the mapped file, which the caller closes. Not safe for several threads. */
public final class Hdf5File {
    /** The first eight bytes of every HDF5 file. */
    public static final long SIGNATURE = 0x0a1a0a0d46444889L;

    private final Hdf5Object root;

    private Hdf5File(Hdf5Object root) {
        this.root = root;
    }

    /** @throws io.nsfl.protocol.fault.FaultException MODEL_UNREADABLE when the file is damaged or of another layout */
    public static Hdf5File open(MappedFile file, ModelLimits limits) {
        Hdf5Bytes bytes = new Hdf5Bytes(file, limits);
        bytes.require(bytes.i64(0) == SIGNATURE, "its signature is missing");
        int version = bytes.u8(8);
        bytes.require(
                version <= 1,
                "its superblock has version " + version
                        + "; save the model with Keras, or with h5py's default and not libver=\"latest\"");
        bytes.require(bytes.u8(13) == 8 && bytes.u8(14) == 8, "its addresses do not have eight bytes");
        long addresses = version == 0 ? 24 : 28;
        bytes.require(bytes.i64(addresses) == 0, "it begins with a user block");
        bytes.requireInside(0, bytes.i64(addresses + 16));
        long rootEntry = addresses + 32;
        return new Hdf5File(new Hdf5Object(new Hdf5Heaps(bytes), bytes.i64(rootEntry + 8), ""));
    }

    public Hdf5Object root() {
        return root;
    }
}
