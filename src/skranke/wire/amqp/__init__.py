"""AMQP 1.0 through Apache Qpid Proton: the bus as Norsk Helsenett runs it. Needs the extra skranke[amqp]."""
