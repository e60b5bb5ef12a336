# Drives Debian's paho-mqtt 1.6: each line of standard input is an action, each line of standard output an event, in JSON.
# Usage: pahoClient.py PORT CA_FILE CLIENT_ID PASSWORD PROTOCOL_LEVEL [WILL_TOPIC WILL_PAYLOAD]
import json
import ssl
import sys

import paho.mqtt.client as mqtt


def report(event, **members):
    print(json.dumps({"event": event, **members}), flush=True)


port, ca_file, client_id, password, level, *will = sys.argv[1:]
# The library counts protocol versions as CONNECT does: MQTTv311 is 4, MQTTv5 is 5.
client = mqtt.Client(client_id=client_id, protocol=int(level))
client.username_pw_set("unused", password)
client.tls_set(ca_certs=ca_file, tls_version=ssl.PROTOCOL_TLS_CLIENT)
client.reconnect_delay_set(60)
if will:
    client.will_set(*will, qos=1)

# MQTT 5.0 adds properties to each call, and its codes are objects with a `value`.
number = lambda code: getattr(code, "value", code)

client.on_connect = lambda _client, _data, _flags, code, *_: report("connected", code=number(code))
client.on_disconnect = lambda _client, _data, code, *_: report("disconnected", code=number(code))
client.on_publish = lambda _client, _data, packet_id: report("published", packet_id=packet_id)
client.on_subscribe = lambda _client, _data, _packet_id, granted, *_: report(
    "subscribed", granted=[number(code) for code in granted]
)
client.on_message = lambda _client, _data, message: report(
    "message", topic=message.topic, qos=message.qos, payload=message.payload.decode()
)

client.connect("localhost", int(port))
client.loop_start()

for line in sys.stdin:
    action = json.loads(line)
    if "publish" in action:
        client.publish(action["publish"], action["payload"], qos=action["qos"])
    elif "subscribe" in action:
        client.subscribe(action["subscribe"], qos=action["qos"])
    else:
        break

client.disconnect()
client.loop_stop()
