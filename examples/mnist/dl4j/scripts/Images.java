import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of 28 x 28 pixels and their labels as the raw MNIST files hold them: bytes after a header of 16 and 8 bytes.
 *
 * @param pixels image after image
 */
record Images(byte[] pixels, byte[] labels) {
    static final int SIZE = 28 * 28;

    /** @param kind {@code train} or {@code t10k} */
    static Images read(Path directory, String kind) throws IOException {
        byte[] pixels = Files.readAllBytes(directory.resolve(kind + "-images-idx3-ubyte"));
        byte[] labels = Files.readAllBytes(directory.resolve(kind + "-labels-idx1-ubyte"));
        return new Images(
                java.util.Arrays.copyOfRange(pixels, 16, pixels.length),
                java.util.Arrays.copyOfRange(labels, 8, labels.length));
    }

    /** The images {@code order[from..to)}, scaled to 0..1, with one-hot labels. */
    DataSet batch(int[] order, int from, int to) {
        float[] features = new float[(to - from) * SIZE];
        float[] answers = new float[(to - from) * 10];
        for (int i = from; i < to; i++) {
            int image = order[i];
            for (int pixel = 0; pixel < SIZE; pixel++) {
                features[(i - from) * SIZE + pixel] = (pixels[image * SIZE + pixel] & 0xFF) / 255f;
            }
            answers[(i - from) * 10 + labels[image]] = 1;
        }
        return new DataSet(
                Nd4j.create(features, new long[] {to - from, SIZE}, 'c'),
                Nd4j.create(answers, new long[] {to - from, 10}, 'c'));
    }
}
