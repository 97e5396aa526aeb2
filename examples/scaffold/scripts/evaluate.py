import neursafe_fl as nsfl
import torch

import network


def main():
    torch.set_num_threads(1)
    x, y = network.images(nsfl.get_dataset_path("mnist"), "test")
    model = network.model()
    nsfl.load_weights(model)
    loss = torch.nn.functional.cross_entropy(model(x), y).item()
    nsfl.commit_metrics({"sample_num": len(y), "loss": loss, "accuracy": network.accuracy(model, x, y)})


if __name__ == "__main__":
    main()
