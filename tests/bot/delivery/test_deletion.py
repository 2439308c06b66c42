import sqlalchemy as sa

from bot import db
from bot.models import Base
from bot.talk import House, Visitor


def test_after_a_deletion_no_table_holds_the_persons_line_id(house: House, visitor: Visitor) -> None:
    visitor.follow()
    visitor.say("肩こりのストレッチ")
    visitor.say("わたしのデータを全部消して")
    assert visitor.tap("はい、消します").messages
    house.clock.advance(days=1)
    house.work()

    user_id = visitor.phone.user_id
    with db.engine_of(house.app.sessions).connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = [str(tuple(row)) for row in connection.execute(sa.text(f"SELECT * FROM {table.name}"))]
            assert not [row for row in rows if user_id in row], table.name
