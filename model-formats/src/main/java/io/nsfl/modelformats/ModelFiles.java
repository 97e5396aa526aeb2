package io.nsfl.modelformats;

import io.nsfl.modelformats.dl4j.Dl4jModel;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.hdf5.Hdf5File;
import io.nsfl.modelformats.keras.KerasModel;
import io.nsfl.modelformats.safetensors.SafetensorsModel;
import io.nsfl.modelformats.torch.TorchModel;
import io.nsfl.modelformats.zip.ZipArchive;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Opens model files of every format. */
public final class ModelFiles {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ZIP_SIGNATURE = 0x04034b50;
    /** Protocol 2, then the long integer by which files of PyTorch before 1.6 begin. */
    private static final long OLD_TORCH = 0x0a8a0280L;

    private ModelFiles() {}

    /** Opens a file within {@link ModelLimits#defaults}. */
    public static ModelFile open(Path file) {
        return open(file, ModelLimits.defaults());
    }

    /**
     * Opens a file by what it holds; its name does not matter. Nothing in the file is executed.
     *
     * @throws FaultException MODEL_NOT_FOUND when there is no such file, MODEL_UNREADABLE when it is none of the formats, damaged
     *     or beyond the limits, MODEL_HOSTILE when it wants code to run, for example a Keras Lambda layer or a pickle that names a
     *     function
     */
    public static ModelFile open(Path file, ModelLimits limits) {
        MappedFile mapped = MappedFile.open(file, limits.fileBytes());
        try {
            return open(mapped, limits);
        } catch (RuntimeException refused) {
            mapped.close();
            throw refused;
        }
    }

    private static ModelFile open(MappedFile file, ModelLimits limits) {
        if (file.size() < Long.BYTES) {
            throw unknown(file, "it has only " + file.size() + " bytes");
        }
        long first = file.bytes().get(LONG, 0);
        if (first == Hdf5File.SIGNATURE) {
            return KerasModel.open(file, limits);
        }
        if ((int) first == ZIP_SIGNATURE) {
            return openArchive(file, limits);
        }
        if ((first & 0xffffffffL) == OLD_TORCH) {
            throw unknown(file, "it is in the format of PyTorch before 1.6; load it and save it again");
        }
        if (file.size() > Long.BYTES && file.bytes().get(ValueLayout.JAVA_BYTE, Long.BYTES) == '{') {
            return SafetensorsModel.open(file, limits);
        }
        throw unknown(file, "it begins like none of them");
    }

    private static ModelFile openArchive(MappedFile file, ModelLimits limits) {
        ZipArchive archive = ZipArchive.open(file, limits);
        if (TorchModel.isIn(archive)) {
            return TorchModel.open(file, archive, limits);
        }
        if (Dl4jModel.isIn(archive)) {
            return Dl4jModel.open(file, archive, limits);
        }
        if (archive.find("model.weights.h5").isPresent()) {
            throw unknown(file, "it is Keras' own .keras archive; save the model with the suffix .h5");
        }
        throw unknown(file, "it is an archive, but neither of PyTorch nor of DL4J");
    }

    private static FaultException unknown(MappedFile file, String why) {
        return new FaultException(
                Fault.MODEL_UNREADABLE,
                file.path() + " is not a model file of Keras (.h5), PyTorch (.pt, .pth), DL4J (.zip) or safetensors: "
                        + why + ".");
    }
}
