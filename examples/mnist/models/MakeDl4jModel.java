import java.io.File;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/** Makes dl4j/model/init_model.zip: the network of dl4j/scripts/Network.java with its first weights, always the same ones. */
final class MakeDl4jModel {
    private MakeDl4jModel() {}

    /** @param args the file to write */
    public static void main(String[] args) throws Exception {
        MultiLayerNetwork network = Network.create(2022, 0.001);
        ModelSerializer.writeModel(network, new File(args[0]), false);
    }
}
