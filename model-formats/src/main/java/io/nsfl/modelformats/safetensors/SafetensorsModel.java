package io.nsfl.modelformats.safetensors;

import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFormat;
import io.nsfl.modelformats.ModelLimits;
import io.nsfl.modelformats.file.MappedFile;
import io.nsfl.modelformats.file.Replacement;
import java.nio.file.Path;

/** A safetensors file as a model file. */
public final class SafetensorsModel implements ModelFile {
    private final SafetensorsFile file;

    private SafetensorsModel(SafetensorsFile file) {
        this.file = file;
    }

    /** Takes over the mapped file. */
    public static SafetensorsModel open(MappedFile file, ModelLimits limits) {
        return new SafetensorsModel(SafetensorsFile.open(file, limits));
    }

    @Override
    public ModelFormat format() {
        return ModelFormat.SAFETENSORS;
    }

    @Override
    public TensorSet tensors() {
        return file.tensors();
    }

    @Override
    public void writeCopy(TensorSet values, Path target) {
        Replacement.write(file.file(), file.tensors(), values, file::offset, target);
    }

    @Override
    public void close() {
        file.close();
    }
}
