import neursafe_fl as nsfl

import point

model = point.Point()
nsfl.load_weights(model)
nsfl.put_file("own", str(float(model.own[0])).encode())
nsfl.commit_metrics({"sample_num": 1, "accuracy": 0.5})
